/** What the entry needs of `@actions/core`. */
export interface Toolkit {
  info(text: string): void
  error(text: string, properties: { title: string }): void
  warning(text: string, properties: { title: string }): void
  startGroup(title: string): void
  endGroup(): void
  setOutput(name: string, value: string): void
  saveState(name: string, value: string): void
  setSecret(value: string): void
  getIDToken(audience: string): Promise<string>
}

/** The toolkit before and after it is loaded: what is to be done with it is done in order, at once when it is there. */
export interface LaterToolkit {
  use(action: (toolkit: Toolkit) => void): void
  /** Loads it. Resolves when everything so far has been done. */
  load(): Promise<Toolkit>
}

/**
 * The toolkit brings an HTTP client along and takes as long to load as everything else together, so it is loaded while
 * the first requests to AWS are on their way.
 */
export function laterToolkit(importToolkit: () => Promise<Toolkit>): LaterToolkit {
  const waiting: ((toolkit: Toolkit) => void)[] = []
  let loaded: Toolkit | undefined
  let loading: Promise<Toolkit> | undefined
  return {
    use: (action) => {
      if (loaded === undefined) waiting.push(action)
      else action(loaded)
    },
    load: async () => {
      loading ??= importToolkit()
      loaded = await loading
      for (const action of waiting.splice(0)) action(loaded)
      return loaded
    },
  }
}
