package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	"k8s.io/apimachinery/pkg/util/version"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/cel/library"
	"k8s.io/apiserver/pkg/cel/mutation"
	"k8s.io/apiserver/pkg/cel/openapi"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// celEnvironment says in which environment an expression is compiled.
type celEnvironment struct {
	// Version is that of the API server, "1.36"; the newest where it is left out.
	Version string `json:"version"`
	// Mode is "stored" or "new": a server takes new expressions with the libraries of the minor before its own.
	Mode string `json:"mode"`
	// PatchTypes adds Object{}, JSONPatch{} and jsonpatch.escapeKey, as mutating policies have them.
	PatchTypes bool `json:"patchTypes"`
	// Variables are further ones, with their types in cel-go's notation: "list(map(string, int))".
	Variables map[string]string `json:"variables"`
	// Schemas are further variables, typed by an OpenAPI v3 schema as a CRD's `self` is; a name given here
	// takes the place of the admission variable of that name.
	Schemas map[string]json.RawMessage `json:"schemas"`
	// Libraries are those of cel-go beyond Kubernetes': bindings, encoders, math, strings.
	Libraries []string `json:"libraries"`
	// Composed are the variables of a policy, which expressions read as variables.name; each may read those before it.
	Composed []composedVariable `json:"composed"`
}

// newest is the version of the modules that this program is built from.
const newest = 36

func (e celEnvironment) base() (*environment.EnvSet, environment.Type, error) {
	minor := newest
	if e.Version != "" {
		text, found := strings.CutPrefix(e.Version, "1.")
		parsed, err := strconv.Atoi(text)
		if !found || err != nil {
			return nil, "", fmt.Errorf("not a version of Kubernetes: %q", e.Version)
		}
		minor = parsed
	}
	switch {
	case e.Mode == "new":
		return environment.MustBaseEnvSet(version.MajorMinor(1, uint(minor-1))), environment.NewExpressions, nil
	case minor >= newest:
		return environment.MustBaseEnvSet(version.MajorMinor(1, uint(minor))), environment.StoredExpressions, nil
	default:
		// What an older server runs is what it has itself: these modules' own stored environment has it all.
		return environment.MustBaseEnvSet(version.MajorMinor(1, uint(minor))), environment.NewExpressions, nil
	}
}

func (e celEnvironment) build() (*builtEnvironment, error) {
	base, mode, err := e.base()
	if err != nil {
		return nil, err
	}
	built := &builtEnvironment{schemas: map[string]*spec.Schema{}, sizes: &sizeEstimator{roots: map[string]*apiservercel.DeclType{}}}
	types := map[string]*cel.Type{
		admissioncel.ObjectVarName:                    cel.DynType,
		admissioncel.OldObjectVarName:                 cel.DynType,
		admissioncel.ParamsVarName:                    cel.DynType,
		admissioncel.AuthorizerVarName:                library.AuthorizerType,
		admissioncel.RequestResourceAuthorizerVarName: library.ResourceCheckType,
	}
	requestType, namespaceType := admissioncel.BuildRequestType(), admissioncel.BuildNamespaceType()
	types[admissioncel.RequestVarName] = requestType.CelType()
	types[admissioncel.NamespaceVarName] = namespaceType.CelType()
	declared := []*apiservercel.DeclType{namespaceType, requestType}
	for name, text := range e.Variables {
		if types[name], err = parseCELType(text); err != nil {
			return nil, err
		}
	}
	for name, text := range e.Schemas {
		schema := &spec.Schema{}
		if err := json.Unmarshal(text, schema); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", name, err)
		}
		declType := openapi.SchemaDeclType(schema, true)
		if declType == nil {
			return nil, fmt.Errorf("schema of %s has no type", name)
		}
		declType = declType.MaybeAssignTypeName("schema." + name)
		built.schemas[name] = schema
		built.sizes.roots[name] = declType
		types[name] = declType.CelType()
		declared = append(declared, declType)
	}
	options := []cel.EnvOption{}
	for name, celType := range types {
		options = append(options, cel.Variable(name, celType))
		built.names = append(built.names, name)
	}
	for _, name := range e.Libraries {
		option, found := map[string]cel.EnvOption{
			"bindings": ext.Bindings(), "encoders": ext.Encoders(), "math": ext.Math(), "strings": ext.Strings(),
		}[name]
		if !found {
			return nil, fmt.Errorf("no library %q", name)
		}
		options = append(options, option)
	}
	if len(e.Composed) > 0 {
		built.env, err = built.compose(base, e.Composed, mode, options, declared)
	} else {
		built.env, err = e.extend(base, mode, options, declared)
	}
	if err != nil {
		return nil, err
	}
	somebody := &user.DefaultInfo{Name: "somebody"}
	built.fixed = map[string]ref.Val{
		admissioncel.AuthorizerVarName:                library.NewAuthorizerVal(somebody, readersOnly{}),
		admissioncel.RequestResourceAuthorizerVarName: library.NewResourceAuthorizerVal(somebody, readersOnly{}, noResource{}),
	}
	return built, nil
}

// extend declares the variables of the environment.
func (e celEnvironment) extend(
	base *environment.EnvSet, mode environment.Type, options []cel.EnvOption, declared []*apiservercel.DeclType,
) (*cel.Env, error) {
	extended, err := base.Extend(environment.VersionedOptions{
		IntroducedVersion: version.MajorMinor(1, 0),
		EnvOptions:        options,
		DeclTypes:         declared,
	}, environment.StrictCostOpt)
	if err == nil && e.PatchTypes {
		extended, err = extended.Extend(environment.VersionedOptions{
			IntroducedVersion: version.MajorMinor(1, 0),
			EnvOptions: []cel.EnvOption{
				common.ResolverEnvOption(&mutation.DynamicTypeResolver{}),
				environment.UnversionedLib(library.JSONPatch),
			},
		})
	}
	if err != nil {
		return nil, err
	}
	return extended.Env(mode)
}

// readersOnly allows the verb get and fails on an empty one; its reason says what it was asked.
type readersOnly struct{}

func (readersOnly) Authorize(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	asked := strings.Join([]string{a.GetUser().GetName(), a.GetVerb(), a.GetAPIGroup(), a.GetResource(), a.GetSubresource(),
		a.GetNamespace(), a.GetName(), a.GetPath()}, "|")
	switch a.GetVerb() {
	case "get":
		return authorizer.DecisionAllow, asked, nil
	case "":
		return authorizer.DecisionNoOpinion, asked, errors.New("no verb")
	default:
		return authorizer.DecisionDeny, asked, nil
	}
}

// sizeEstimator knows sizes from schemas (k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/compilation.go).
type sizeEstimator struct {
	roots map[string]*apiservercel.DeclType
}

func (s *sizeEstimator) EstimateSize(element checker.AstNode) *checker.SizeEstimate {
	path := element.Path()
	if len(path) == 0 {
		return nil
	}
	node := s.roots[path[0]]
	for _, name := range path[1:] {
		if node == nil {
			return nil
		}
		switch name {
		case "@items", "@values":
			node = node.ElemType
		case "@keys":
			node = node.KeyType
		default:
			field, ok := node.Fields[name]
			if !ok {
				return nil
			}
			node = field.Type
		}
	}
	if node == nil {
		return nil
	}
	return &checker.SizeEstimate{Min: 0, Max: uint64(node.MaxElements)}
}

func (s *sizeEstimator) EstimateCallCost(_, _ string, _ *checker.AstNode, _ []checker.AstNode) *checker.CallEstimate {
	return nil
}
