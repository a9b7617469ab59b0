/** Values that are no maps of JavaScript and answer for fields all the same: what is none of them has none. */
// oxlint-disable-next-line typescript/no-extraneous-class -- asked by instanceof alone, which is the quickest question there is
export abstract class FieldHolder {}
