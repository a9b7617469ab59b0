/** What a simulated server answers: whole, or as the lines of a watch. */
export type SimulatedAnswer =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly contentType: string;
      readonly text: string;
    }
  | { readonly kind: 'watch'; readonly begin: (watcher: Watcher) => () => void };

/** Who reads a watch. */
export interface Watcher {
  readonly line: (event: object) => void;
  readonly end: () => void;
}

/** A Kubernetes Status. */
export function statusBody(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

export function json(body: object, status = 200, contentType = 'application/json'): SimulatedAnswer {
  return { kind: 'whole', status, contentType, text: JSON.stringify(body) };
}

export function refusal(code: number, reason: string, message: string): SimulatedAnswer {
  return json(statusBody(code, reason, message), code);
}

/** What the API server answers where no handler is. */
export const noSuchPath: SimulatedAnswer = {
  kind: 'whole',
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  text: '404 page not found\n',
};
