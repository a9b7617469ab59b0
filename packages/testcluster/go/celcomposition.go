package main

import (
	"context"
	"fmt"

	"github.com/google/cel-go/cel"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

// composedVariable is a variable of a policy: its expression is computed when it is first read.
type composedVariable struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

func (v composedVariable) GetName() string          { return v.Name }
func (v composedVariable) GetExpression() string    { return v.Expression }
func (v composedVariable) ReturnTypes() []*cel.Type { return []*cel.Type{cel.AnyType, cel.DynType} }

// composition is what the API server itself composes the variables of a policy with.
type composition struct {
	compiler *admissioncel.CompositedCompiler
}

// compose gives the environment in which the variables are declared, compiled by admission's own code.
func (b *builtEnvironment) compose(
	base *environment.EnvSet, variables []composedVariable, mode environment.Type,
	options []cel.EnvOption, declared []*apiservercel.DeclType,
) (*cel.Env, error) {
	compiler, err := admissioncel.NewCompositedCompiler(base)
	if err != nil {
		return nil, err
	}
	for _, variable := range variables {
		declarations := admissioncel.OptionalVariableDeclarations{HasParams: true, HasAuthorizer: true}
		if result := compiler.CompileAndStoreVariable(variable, declarations, mode); result.Error != nil {
			return nil, fmt.Errorf("variable %s: %w", variable.Name, result.Error)
		}
	}
	b.composed = &composition{compiler}
	env, err := compiler.Env(mode)
	if err != nil {
		return nil, err
	}
	types, err := apiservercel.NewDeclTypeProvider(declared...).EnvOptions(env.CELTypeProvider())
	if err != nil {
		return nil, err
	}
	return env.Extend(append(options, types...)...)
}

// start puts the variables into the values of a run; the function gives what those cost that it computed.
func (c *composition) start(values celActivation) (context.Context, func() uint64) {
	if c == nil {
		return context.Background(), func() uint64 { return 0 }
	}
	ctx := c.compiler.CreateContext(context.Background())
	values[admissioncel.VariableVarName] = ctx.Variables(values)
	return ctx, func() uint64 { return uint64(ctx.GetAndResetCost()) }
}
