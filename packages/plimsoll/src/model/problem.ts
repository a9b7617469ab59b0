/** An error or warning as users and programs read it: coded, placed, with a remedy. */
export interface Problem {
  /** `PLM1234`, from the table in errors.ts. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly source: string | null;
  readonly file: string | null;
  readonly document: number | null;
  readonly line: number | null;
  readonly column: number | null;
  /** Display name of the resource or guardrail it is about. */
  readonly subject: string | null;
}
