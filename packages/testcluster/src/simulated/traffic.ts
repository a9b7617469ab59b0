/** What a server was asked for so far. */
export interface TrafficCount {
  readonly requests: number;
  /** Lists of objects, in pages or as a WatchList, and how many of them at most were under way at one time. */
  readonly lists: number;
  readonly mostLists: number;
  /** Watches that are open now, those whose first events are over among them. */
  readonly watches: number;
}

/** One request under way. */
interface Note {
  /** Its list is complete; it may go on as a watch. */
  readonly listed: () => void;
  readonly end: () => void;
}

/** Counts what a server is asked for: how hard a client is on it. */
export class Traffic {
  #requests = 0;
  #lists = 0;
  #listing = 0;
  #mostLists = 0;
  #watches = 0;

  get count(): TrafficCount {
    return {
      requests: this.#requests,
      lists: this.#lists,
      mostLists: this.#mostLists,
      watches: this.#watches,
    };
  }

  begin(url: URL): Note {
    this.#requests += 1;
    const isWatch = url.searchParams.get('watch') === '1';
    // A page of one object asks for the list's version alone.
    const pages = !isWatch && Number(url.searchParams.get('limit') ?? 0) > 1;
    const isList = pages || url.searchParams.get('sendInitialEvents') === 'true';
    let listing = isList;
    let open = true;
    if (isWatch) this.#watches += 1;
    if (isList) {
      if (!url.searchParams.has('continue')) this.#lists += 1;
      this.#listing += 1;
      this.#mostLists = Math.max(this.#mostLists, this.#listing);
    }
    const listed = (): void => {
      if (listing) this.#listing -= 1;
      listing = false;
    };
    return {
      listed,
      end: () => {
        listed();
        if (open && isWatch) this.#watches -= 1;
        open = false;
      },
    };
  }
}
