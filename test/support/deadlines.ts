import { systemClock } from '../../src/clock'

/** The deadlines in real time, in ms, that ran out while something was done, such as the one by which a node must have closed. */
export async function ranOut(action: () => Promise<unknown>): Promise<number[]> {
  const out: number[] = []
  const after = systemClock.after.bind(systemClock)
  systemClock.after = (ms, act) =>
    after(ms, () => {
      out.push(ms)
      act()
    })
  try {
    await action()
  } finally {
    systemClock.after = after
  }
  return out
}
