import { LibraryValue } from '../../values/library-value.ts';

/**
 * What `http.Client(ca)` gives (kyverno/sdk extensions/cel/libs/http): requests with further certificates of
 * authorities.
 */
export class HttpClient extends LibraryValue {
  /** In PEM, as the expression has them. */
  readonly caBundle: string;

  constructor(caBundle: string) {
    super();
    this.caBundle = caBundle;
  }

  override get type(): string {
    return 'http.Context';
  }

  override equals(other: HttpClient): boolean {
    return this === other;
  }
}
