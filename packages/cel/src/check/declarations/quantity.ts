import { type DeclaredLibrary, declare } from './declaration.ts';

/** Kubernetes' quantities (k8s.io/apiserver pkg/cel/library/quantity.go). */
export const quantityDeclarations: DeclaredLibrary = {
  name: 'quantity',
  since: 28,
  functions: () => [
    declare('quantity', "a quantity from its text: '100m', '1.5Gi'", {
      string_to_quantity: '(string) -> kubernetes.Quantity',
    }),
    declare('isQuantity', 'true where the text is a quantity', { is_quantity_string: '(string) -> bool' }),
    declare('sign', '1, 0 or -1', { quantity_sign: '(kubernetes.Quantity) -> int' }),
    declare('isGreaterThan', 'true where the first is greater', {
      quantity_is_greater_than: 'kubernetes.Quantity.(kubernetes.Quantity) -> bool',
    }),
    declare('isLessThan', 'true where the first is less', {
      quantity_is_less_than: 'kubernetes.Quantity.(kubernetes.Quantity) -> bool',
    }),
    declare('compareTo', '-1, 0 or 1: less, equal, greater', {
      quantity_compare_to: 'kubernetes.Quantity.(kubernetes.Quantity) -> int',
    }),
    declare('asApproximateFloat', 'the quantity as a double, which may lose precision', {
      quantity_get_float: 'kubernetes.Quantity.() -> double',
    }),
    declare('asInteger', 'the quantity as an int; an error where it does not fit', {
      quantity_get_int: 'kubernetes.Quantity.() -> int',
    }),
    declare('isInteger', 'true where the quantity is a whole number that fits an int', {
      quantity_is_integer: 'kubernetes.Quantity.() -> bool',
    }),
    declare('add', 'the sum', {
      quantity_add: 'kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity',
      quantity_add_int: 'kubernetes.Quantity.(int) -> kubernetes.Quantity',
    }),
    declare('sub', 'the difference', {
      quantity_sub: 'kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity',
      quantity_sub_int: 'kubernetes.Quantity.(int) -> kubernetes.Quantity',
    }),
  ],
};
