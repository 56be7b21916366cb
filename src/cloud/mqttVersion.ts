/**
 * Which MQTT a broker speaks. Some say that they do not speak 5; others only hang up on a greeting that they do not
 * understand, which may as well be a broker that is just starting behind a door that is already open.
 */
import { days, minutes, type Clock, type Timer } from '../clock'
import { hungUp, unanswered, versionRefused, type Refusal } from './brokerCauses'

/** So many greetings in a row that are met by silence are taken for a version that is not understood. */
const silences = 2
const firstLook = minutes(1)
const rarest = days(1)

export class Version {
  now: 5 | 4 = 5
  private silent = 0
  private isGuess = false
  private looks = 0
  private timer?: Timer

  constructor(
    private readonly clock: Clock,
    /** Asks the broker once more, beside the connection that there is, whether it speaks 5. */
    private readonly look: () => void,
  ) {}

  /** A try failed. True: the other version is to be tried at once. */
  failed(refused: Refusal): boolean {
    if (this.now === 5 && versionRefused.has(refused)) {
      this.now = 4
      return true
    }
    if (this.isGuess) {
      if (typeof refused === 'number') return false
      // It was not the version, or not that alone.
      this.isGuess = false
      this.now = 5
      this.silent = 0
    } else if (this.now === 5 && (refused === hungUp || refused === unanswered)) {
      this.silent++
      this.isGuess = this.silent >= silences
      if (this.isGuess) this.now = 4
    } else this.silent = 0
    return false
  }

  /** The broker took us in. What was only guessed is looked into now and then. */
  taken(): void {
    this.timer?.cancel()
    this.silent = 0
    if (!this.isGuess) return
    this.timer = this.clock.after(Math.min(rarest, firstLook * 2 ** this.looks), this.look)
    this.looks = Math.min(this.looks + 1, 20)
  }

  /** It does speak 5. */
  raise(): void {
    this.isGuess = false
    this.looks = 0
    this.now = 5
  }

  /** Nothing is looked into any more until we are taken in again. */
  rest(): void {
    this.timer?.cancel()
  }
}
