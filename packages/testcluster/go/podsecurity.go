package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type podSecurityQuestion struct {
	// Level is privileged, baseline or restricted.
	Level string `json:"level"`
	// Version is "latest" or a minor version, "v1.29" or "1.29".
	Version string          `json:"version"`
	Pod     json.RawMessage `json:"pod"`
}

type podTemplate struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     corev1.PodSpec    `json:"spec"`
}

type podSecurityCheck struct {
	ID      string `json:"id"`
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason,omitempty"`
	Detail  string `json:"detail,omitempty"`
}

type podSecurityAnswer struct {
	Allowed bool               `json:"allowed"`
	Checks  []podSecurityCheck `json:"checks"`
}

// newPodSecurityOracle answers {level, version, pod: {metadata, spec}} with the evaluation by Kubernetes'
// own checks: {allowed, checks: [{id, allowed, reason, detail}]}, every check of that level and version.
//
// The registry keeps the ids to itself, so each check is wrapped in one that notes its own.
func newPodSecurityOracle() func(line []byte) any {
	var ids []string
	checks := policy.DefaultChecks()
	for i := range checks {
		id := string(checks[i].ID)
		for j := range checks[i].Versions {
			version := &checks[i].Versions[j]
			check := version.CheckPod
			version.CheckPod = func(metadata *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				ids = append(ids, id)
				return check(metadata, spec)
			}
		}
	}
	evaluator, err := policy.NewEvaluator(checks, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcluster: pod-security checks:", err)
		os.Exit(1)
	}
	return func(line []byte) any {
		var question podSecurityQuestion
		if err := json.Unmarshal(line, &question); err != nil {
			return failure{"question: " + err.Error()}
		}
		levelVersion, err := parseLevelVersion(question)
		if err != nil {
			return failure{err.Error()}
		}
		var pod podTemplate
		if err := kubejson.Unmarshal(question.Pod, &pod); err != nil {
			return failure{"pod: " + err.Error()}
		}
		ids = ids[:0]
		answer := podSecurityAnswer{Allowed: true, Checks: []podSecurityCheck{}}
		for i, result := range evaluator.EvaluatePod(levelVersion, &pod.Metadata, &pod.Spec) {
			answer.Allowed = answer.Allowed && result.Allowed
			answer.Checks = append(answer.Checks, podSecurityCheck{ids[i], result.Allowed, result.ForbiddenReason, result.ForbiddenDetail})
		}
		return answer
	}
}

func parseLevelVersion(question podSecurityQuestion) (api.LevelVersion, error) {
	level, err := api.ParseLevel(question.Level)
	if err != nil {
		return api.LevelVersion{}, err
	}
	version := question.Version
	if version != "latest" && !strings.HasPrefix(version, "v") {
		version = "v" + version
	}
	parsed, err := api.ParseVersion(version)
	return api.LevelVersion{Level: level, Version: parsed}, err
}
