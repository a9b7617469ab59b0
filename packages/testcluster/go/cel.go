package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
	"k8s.io/apiserver/pkg/cel/library"
	"k8s.io/apiserver/pkg/cel/openapi"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// celQuestion is one expression on one set of bindings. The environment is that of admission policies
// (object, oldObject, params, request, namespaceObject, authorizer), as k8s.io/apiserver
// pkg/admission/plugin/cel compiles them.
type celQuestion struct {
	celEnvironment
	Expression string `json:"expression"`
	// Bindings are JSON values by the variables' names; a variable that is left out is null.
	Bindings map[string]json.RawMessage `json:"bindings"`
	// CheckOnly asks for the types and the estimate alone.
	CheckOnly bool `json:"checkOnly"`
	// Budget is the limit of the cost; PerCallLimit where it is left out.
	Budget *uint64 `json:"budget"`
}

type celCompileError struct {
	Line int `json:"line"`
	// Column counts from 1, as errors are printed.
	Column  int    `json:"column"`
	Message string `json:"message"`
}

type celEstimate struct {
	Min json.Number `json:"min"`
	Max json.Number `json:"max"`
}

type celAnswer struct {
	Value         any               `json:"value,omitempty"`
	Type          string            `json:"type,omitempty"`
	Error         string            `json:"error,omitempty"`
	CompileErrors []celCompileError `json:"compileErrors,omitempty"`
	Cost          *uint64           `json:"cost,omitempty"`
	Estimate      *celEstimate      `json:"estimate,omitempty"`
	OutputType    string            `json:"outputType,omitempty"`
}

// celProgram is an expression that was compiled once; questions in a row often ask one on many objects.
type celProgram struct {
	key     string
	answer  celAnswer
	program cel.Program
}

// newCELOracle answers with what cel-go gives in Kubernetes' environment: value, its type, the error or the
// errors of compilation, actual and estimated cost, and the type that the checker found.
func newCELOracle() func(line []byte) any {
	environments := map[string]*builtEnvironment{}
	var last *celProgram
	return func(line []byte) (answer any) {
		// cel-go panics here and there, also where it plans a program.
		defer func() {
			if reason := recover(); reason != nil {
				answer = failure{fmt.Sprintf("panic: %v", reason)}
			}
		}()
		var question celQuestion
		if err := json.Unmarshal(line, &question); err != nil {
			return failure{"question: " + err.Error()}
		}
		encoded, err := json.Marshal(question.celEnvironment)
		if err != nil {
			return failure{"question: " + err.Error()}
		}
		key := string(encoded)
		built := environments[key]
		if built == nil {
			if built, err = question.build(); err != nil {
				return failure{"environment: " + err.Error()}
			}
			environments[key] = built
		}
		limit := uint64(celconfig.PerCallLimit)
		if question.Budget != nil {
			limit = *question.Budget
		}
		programKey := strings.Join([]string{key, question.Expression, strconv.FormatUint(limit, 10)}, "\x00")
		if last == nil || last.key != programKey {
			last = compileCEL(built, question.Expression, limit)
			last.key = programKey
		}
		if last.program == nil || question.CheckOnly {
			return last.answer
		}
		return last.run(built, question.Bindings)
	}
}

func compileCEL(built *builtEnvironment, expression string, limit uint64) *celProgram {
	ast, issues := built.env.Compile(expression)
	if issues.Err() != nil {
		answer := celAnswer{}
		for _, issue := range issues.Errors() {
			answer.CompileErrors = append(answer.CompileErrors,
				celCompileError{issue.Location.Line(), issue.Location.Column() + 1, issue.Message})
		}
		return &celProgram{answer: answer}
	}
	answer := celAnswer{OutputType: ast.OutputType().String()}
	estimate, err := built.env.EstimateCost(ast, &library.CostEstimator{SizeEstimator: built.sizes})
	if err == nil {
		answer.Estimate = &celEstimate{number(estimate.Min), number(estimate.Max)}
	}
	program, err := built.env.Program(ast, cel.InterruptCheckFrequency(celconfig.CheckFrequency), cel.CostLimit(limit))
	if err != nil {
		answer.CompileErrors = []celCompileError{{1, 1, "program instantiation failed: " + err.Error()}}
		return &celProgram{answer: answer}
	}
	return &celProgram{answer: answer, program: program}
}

func number(value uint64) json.Number {
	return json.Number(strconv.FormatUint(value, 10))
}

func (p *celProgram) run(built *builtEnvironment, bindings map[string]json.RawMessage) any {
	values := celActivation{}
	for _, name := range built.names {
		values[name] = nil
	}
	for name, text := range bindings {
		var value any
		if err := kubejson.Unmarshal(text, &value); err != nil {
			return failure{fmt.Sprintf("binding %s: %s", name, err)}
		}
		values[name] = value
		if schema := built.schemas[name]; schema != nil {
			values[name] = common.UnstructuredToVal(value, &openapi.Schema{Schema: schema})
		}
	}
	for name, value := range built.fixed {
		values[name] = value
	}
	ctx, composedCost := built.composed.start(values)
	result, details, err := p.program.ContextEval(ctx, values)
	answer := p.answer
	if details != nil {
		if cost := details.ActualCost(); cost != nil {
			whole := *cost + composedCost()
			answer.Cost = &whole
		}
	}
	if err != nil {
		answer.Error = err.Error()
		return answer
	}
	answer.Value = encodeCEL(result)
	answer.Type = result.Type().TypeName()
	return answer
}

// celActivation gives every variable of the environment; as in the API server, null is a value.
type celActivation map[string]any

func (a celActivation) ResolveName(name string) (any, bool) {
	value, found := a[name]
	return value, found
}

func (a celActivation) Parent() interpreter.Activation { return nil }

var _ interpreter.Activation = celActivation{}

// builtEnvironment is what celEnvironment describes.
type builtEnvironment struct {
	env     *cel.Env
	names   []string
	schemas map[string]*spec.Schema
	sizes   *sizeEstimator
	fixed   map[string]ref.Val
	// composed are the variables of a policy; nil where it has none.
	composed *composition
}
