/**
 * Does the same work once for all who ask while it is under way: each is served by a run that began after they asked.
 * Whoever waits for a disk waits for one write of it at most, and not for one for each of the others.
 */
export function together(work: () => Promise<void>): () => Promise<void> {
  let running = Promise.resolve()
  let next: Promise<void> | undefined
  const begin = () => {
    next = undefined
    running = work()
    return running
  }
  return () => (next ??= running.then(begin, begin))
}
