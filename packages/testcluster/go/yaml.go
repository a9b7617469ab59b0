package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type yamlQuestion struct {
	YAML string `json:"yaml"`
	// Strict refuses a repeated key, as `kubectl apply` with server-side validation and `kubectl create --validate=strict` do.
	Strict bool `json:"strict"`
	// Documents splits the text first as kubectl's file reader does (a line that starts with "---") and answers for each.
	Documents bool `json:"documents"`
}

type yamlAnswer struct {
	JSON json.RawMessage `json:"json"`
}

type yamlDocuments struct {
	Documents []any `json:"documents"`
}

// readYAML answers {"yaml": text} with {"json": what sigs.k8s.io/yaml makes of it} or {"error": its words}.
// With "documents": true the answer is {"documents": [those answers]}.
func readYAML(line []byte) any {
	var question yamlQuestion
	if err := json.Unmarshal(line, &question); err != nil {
		return failure{"question: " + err.Error()}
	}
	if !question.Documents {
		return convert([]byte(question.YAML), question.Strict)
	}
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(question.YAML)))
	documents := []any{}
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return yamlDocuments{documents}
		}
		if err != nil {
			documents = append(documents, failure{err.Error()})
			return yamlDocuments{documents}
		}
		documents = append(documents, convert(document, question.Strict))
	}
}

func convert(text []byte, strict bool) any {
	toJSON := yaml.YAMLToJSON
	if strict {
		toJSON = yaml.YAMLToJSONStrict
	}
	converted, err := toJSON(text)
	if err != nil {
		return failure{err.Error()}
	}
	// A RawMessage must be one valid value, or the whole answer would be unreadable.
	if !json.Valid(bytes.TrimSpace(converted)) {
		return failure{"not valid JSON: " + string(converted)}
	}
	return yamlAnswer{converted}
}
