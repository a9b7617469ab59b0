// Holds objects to Gatekeeper's templates and constraints with Gatekeeper's own client, as gator does, and writes what
// it says. Input and output are JSON, on standard input and output; record.ts runs it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"

	"github.com/open-policy-agent/frameworks/constraint/pkg/apis"
	"github.com/open-policy-agent/frameworks/constraint/pkg/client/reviews"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/gator"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/gator/reader"
	mutationtypes "github.com/open-policy-agent/gatekeeper/v3/pkg/mutation/types"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/target"
	"github.com/open-policy-agent/gatekeeper/v3/pkg/util"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

type input struct {
	Objects []map[string]any `json:"objects"`
	Cases   []struct {
		Name       string         `json:"name"`
		Template   map[string]any `json:"template"`
		Constraint map[string]any `json:"constraint"`
	} `json:"cases"`
}

type answer struct {
	Name string `json:"name"`
	// Why the template or the constraint was not accepted.
	Refused *string `json:"refused"`
	// The messages of each object's violations; nothing where the case was refused.
	Messages [][]string `json:"messages"`
}

func main() {
	var given input
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	// Integers are integers, as in every object that Gatekeeper reads.
	if err := utiljson.Unmarshal(text, &given); err != nil {
		panic(err)
	}
	scheme := runtime.NewScheme()
	if err := apis.AddToScheme(scheme); err != nil {
		panic(err)
	}
	namespaces := map[string]*corev1.Namespace{}
	for _, object := range given.Objects {
		if object["kind"] != "Namespace" {
			continue
		}
		namespace := &corev1.Namespace{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, namespace); err != nil {
			panic(err)
		}
		namespaces[namespace.Name] = namespace
	}
	answers := []answer{}
	for _, one := range given.Cases {
		messages, err := judge(scheme, one.Template, one.Constraint, given.Objects, namespaces)
		answered := answer{Name: one.Name, Messages: messages}
		if err != nil {
			refused := err.Error()
			answered.Refused = &refused
		}
		answers = append(answers, answered)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}

func judge(
	scheme *runtime.Scheme,
	template, constraint map[string]any,
	objects []map[string]any,
	namespaces map[string]*corev1.Namespace,
) ([][]string, error) {
	ctx := context.Background()
	client, err := gator.NewOPAClient(false, gator.WithK8sCEL())
	if err != nil {
		return nil, err
	}
	read, err := reader.ToTemplate(scheme, &unstructured.Unstructured{Object: template})
	if err != nil {
		return nil, err
	}
	if _, err := client.AddTemplate(ctx, read); err != nil {
		return nil, err
	}
	if _, err := client.AddConstraint(ctx, &unstructured.Unstructured{Object: constraint}); err != nil {
		return nil, err
	}
	all := [][]string{}
	for _, object := range objects {
		messages, err := review(ctx, client, &unstructured.Unstructured{Object: object}, namespaces)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", object["metadata"], err)
		}
		all = append(all, messages)
	}
	return all, nil
}

// As Gatekeeper's audit, which knows the object's namespace, and as its webhook, which knows the operation.
func review(
	ctx context.Context,
	client gator.Client,
	object *unstructured.Unstructured,
	namespaces map[string]*corev1.Namespace,
) ([]string, error) {
	namespace := namespaces[object.GetNamespace()]
	options := []reviews.ReviewOpt{reviews.EnforcementPoint(util.GatorEnforcementPoint)}
	if namespace != nil {
		asMap, err := util.NamespaceToMap(namespace)
		if err != nil {
			return nil, err
		}
		options = append(options, reviews.Namespace(asMap))
	}
	reviewed := target.AugmentedUnstructured{
		Object:    *object,
		Namespace: namespace,
		Operation: admissionv1.Create,
		Source:    mutationtypes.SourceTypeOriginal,
	}
	found, err := client.Review(ctx, reviewed, options...)
	if err != nil {
		return nil, err
	}
	messages := []string{}
	for _, result := range found.Results() {
		messages = append(messages, result.Msg)
	}
	sort.Strings(messages)
	return messages, nil
}
