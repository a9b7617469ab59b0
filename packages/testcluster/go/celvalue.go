package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/lazy"
	"k8s.io/apiserver/pkg/cel/library"
	"k8s.io/apiserver/pkg/cel/mutation"
	"k8s.io/apiserver/pkg/cel/mutation/dynamic"
)

// encodeCEL writes a value as an object with one member, whose name is the type: {"int": "1"}. Numbers are
// texts, bytes base64, maps lists of pairs in the order of their encoded keys.
func encodeCEL(value ref.Val) map[string]any {
	switch v := value.(type) {
	case types.Null:
		return map[string]any{"null": true}
	case types.Bool:
		return map[string]any{"bool": bool(v)}
	case types.Int:
		return map[string]any{"int": strconv.FormatInt(int64(v), 10)}
	case types.Uint:
		return map[string]any{"uint": strconv.FormatUint(uint64(v), 10)}
	case types.Double:
		return map[string]any{"double": encodeDouble(float64(v))}
	case types.String:
		if utf8.ValidString(string(v)) {
			return map[string]any{"string": string(v)}
		}
		return map[string]any{"brokenString": base64.StdEncoding.EncodeToString([]byte(v))}
	case types.Bytes:
		return map[string]any{"bytes": base64.StdEncoding.EncodeToString(v)}
	case types.Timestamp:
		return map[string]any{"timestamp": v.Time.Format(time.RFC3339Nano)}
	case types.Duration:
		return map[string]any{"duration": strconv.FormatInt(int64(v.Duration), 10)}
	case *types.Type:
		return map[string]any{"type": v.TypeName()}
	case *types.Optional:
		if !v.HasValue() {
			return map[string]any{"optional": nil}
		}
		return map[string]any{"optional": encodeCEL(v.GetValue())}
	case apiservercel.Quantity:
		return map[string]any{"quantity": v.Quantity.String()}
	case *apiservercel.Quantity:
		return map[string]any{"quantity": v.Quantity.String()}
	case apiservercel.URL:
		return map[string]any{"url": v.URL.String()}
	case apiservercel.IP:
		return map[string]any{"ip": v.Addr.String()}
	case apiservercel.CIDR:
		return map[string]any{"cidr": v.Prefix.String()}
	case apiservercel.Semver:
		return map[string]any{"semver": v.Version.String()}
	case *apiservercel.Format:
		return map[string]any{"format": v.Name}
	case *dynamic.ObjectVal, *mutation.JSONPatchVal:
		return map[string]any{"struct": encodeStruct(v)}
	case *lazy.MapValue:
		return map[string]any{"opaque": v.Type().TypeName()}
	case traits.Mapper:
		return map[string]any{"map": encodeEntries(v)}
	case traits.Lister:
		items := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			items = append(items, encodeCEL(it.Next()))
		}
		return map[string]any{"list": items}
	default:
		return map[string]any{"opaque": value.Type().TypeName()}
	}
}

func encodeDouble(value float64) string {
	switch {
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	case value == 0 && math.Signbit(value):
		return "-0"
	default:
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
}

func encodeEntries(mapper traits.Mapper) []any {
	type entry struct {
		order string
		pair  []any
	}
	entries := []entry{}
	for it := mapper.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		encoded := encodeCEL(key)
		order, err := json.Marshal(encoded)
		if err != nil {
			order = fmt.Append(nil, encoded)
		}
		entries = append(entries, entry{string(order), []any{encoded, encodeCEL(mapper.Get(key))}})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].order < entries[j].order })
	pairs := make([]any, len(entries))
	for i, e := range entries {
		pairs[i] = e.pair
	}
	return pairs
}

// encodeStruct gives what a mutation would write: plain JSON, with the type's name.
func encodeStruct(value ref.Val) any {
	switch v := value.(type) {
	case *mutation.JSONPatchVal:
		encoded := map[string]any{"type": v.Type().TypeName(), "op": v.Op, "from": v.From, "path": v.Path}
		if v.Val != nil {
			encoded["value"] = encodeCEL(v.Val)
		}
		return encoded
	default:
		return map[string]any{"type": value.Type().TypeName(), "value": printable(value.Value())}
	}
}

func printable(value any) any {
	if err, failed := value.(error); failed {
		return err.Error()
	}
	return value
}

// parseCELType reads a type as cel-go prints it: int, list(dyn), map(string, int), optional_type(string),
// google.protobuf.Timestamp, kubernetes.URL.
func parseCELType(text string) (*cel.Type, error) {
	text = strings.TrimSpace(text)
	plain := map[string]*cel.Type{
		"bool": cel.BoolType, "int": cel.IntType, "uint": cel.UintType, "double": cel.DoubleType,
		"string": cel.StringType, "bytes": cel.BytesType, "null_type": cel.NullType, "null": cel.NullType,
		"dyn": cel.DynType, "any": cel.AnyType, "type": cel.TypeType,
		"timestamp": cel.TimestampType, "google.protobuf.Timestamp": cel.TimestampType,
		"duration": cel.DurationType, "google.protobuf.Duration": cel.DurationType,
		"kubernetes.URL": apiservercel.URLType, "kubernetes.Quantity": apiservercel.QuantityType,
		"net.IP": apiservercel.IPType, "net.CIDR": apiservercel.CIDRType,
		"kubernetes.Semver": apiservercel.SemverType, "kubernetes.NamedFormat": apiservercel.FormatType,
		"kubernetes.authorization.Authorizer": library.AuthorizerType,
	}
	if found, ok := plain[text]; ok {
		return found, nil
	}
	name, rest, ok := strings.Cut(text, "(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return nil, fmt.Errorf("not a type: %q", text)
	}
	parameters, err := parseParameters(rest[:len(rest)-1])
	if err != nil {
		return nil, err
	}
	switch {
	case name == "list" && len(parameters) == 1:
		return cel.ListType(parameters[0]), nil
	case (name == "optional_type" || name == "optional") && len(parameters) == 1:
		return cel.OptionalType(parameters[0]), nil
	case name == "type" && len(parameters) == 1:
		return types.NewTypeTypeWithParam(parameters[0]), nil
	case name == "map" && len(parameters) == 2:
		return cel.MapType(parameters[0], parameters[1]), nil
	default:
		return nil, fmt.Errorf("not a type: %q", text)
	}
}

func parseParameters(text string) ([]*cel.Type, error) {
	parameters := []*cel.Type{}
	depth, start := 0, 0
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || (text[i] == ',' && depth == 0):
			parsed, err := parseCELType(text[start:i])
			if err != nil {
				return nil, err
			}
			parameters = append(parameters, parsed)
			start = i + 1
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth--
		}
	}
	return parameters, nil
}

// noResource is the resource of a request that there is none of.
type noResource struct{}

func (noResource) GetName() string      { return "some-name" }
func (noResource) GetNamespace() string { return "some-namespace" }
func (noResource) GetResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Resource: "pods"}
}
func (noResource) GetSubresource() string { return "" }
