/**
 * Commands from topics. Whatever arrives is taken once or refused, and the result topic says which and why. What is
 * taken goes to the account, which has its own checks.
 */
import { randomUUID } from 'node:crypto'
import { iso, type Clock } from '../clock'
import type { Account } from '../account/account'
import type { Arrival } from '../cloud/subscriptions'
import { DrivewayError, toDrivewayError, type CauseCode } from '../vehicle/causes'
import { commandIds, isCommandId, isGuarded, type CommandId } from '../vehicle/commands'
import { okOf, type Outcome } from '../vehicle/outcome'
import type { Vehicle } from '../vehicle/vehicle'
import type { Journal, ResponseTo } from './journal'
import { commandOfWord } from './discovery/controls'
import { idIn, readPayload, wordIn, type CommandPayload } from './payload'
import { commandOf } from './topics'

/** Stands for all commands that are not guarded. */
export const safe = 'safe'

/** What the owner accepts from topics. */
export const acceptedCommands = (named: readonly string[]): ReadonlySet<CommandId> =>
  new Set(commandIds.filter((id) => named.includes(id) || (named.includes(safe) && !isGuarded(id))))

export interface IntakeOptions {
  base: string
  accepted: ReadonlySet<CommandId>
  journal: Journal
  clock: Clock
  /** The car of ours with that short name, as far as the accounts know their cars. */
  known(slug: string): OurCar | undefined
  /** The same once they know; rejects with what keeps an account from knowing. */
  find(slug: string): Promise<OurCar | undefined>
  /** The car is another bridge's. */
  isElsewhere(slug: string): boolean
  /** Nobody else gets what we get: several instances share the commands. */
  alone: boolean
  /** MQTT 3.1.1 tells of some messages only that they were retained. */
  seesEveryRetained(): boolean
  /** The phases of this order go to whoever asked, too. */
  answersTo(id: string, response: ResponseTo): void
  /** A dry run begins, which may have the id of an order that is under way. Its answer: the id by which the account knows it. */
  dryRun(id: string, response?: ResponseTo): string
  /** Tells what an account said before it looked which car is meant. */
  tellOutcome(car: Vehicle, outcome: Outcome): void
  /** Tells a refusal on the car's result topic, and to who asked. */
  tellRefused(slug: string, outcome: Outcome, response?: ResponseTo): void
}

export interface OurCar {
  account: Account
  car: Vehicle
}

interface Asked {
  slug: string
  command: string
  id: string
  /** In ms since 1970. */
  requestedAt: number
  response?: ResponseTo
}

export class CommandIntake {
  /** Topics where a retained command lay when we came. */
  private readonly retained = new Set<string>()

  constructor(private readonly options: IntakeOptions) {}

  /** Through when the command is refused, or written down and on its way, or has to wait. Never rejects. */
  take(arrival: Arrival): Promise<void> {
    return new Promise((resolve) => void this.handle(arrival, resolve).finally(resolve))
  }

  private async handle(arrival: Arrival, waits: () => void): Promise<void> {
    const { base, clock, accepted, journal } = this.options
    const named = commandOf(base, arrival.topic)
    if (!named || isClearing(arrival)) return
    // The other bridge has the same message, and answers.
    if (!this.options.alone && this.options.isElsewhere(named.slug)) return
    const asked: Asked = { ...named, id: idIn(arrival.payload) ?? randomUUID(), requestedAt: clock.now() }
    try {
      asked.response = this.responseOf(arrival)
      // Home Assistant's lock has one topic for both of its words.
      if (isCommandId(asked.command)) asked.command = commandOfWord(asked.command, wordIn(arrival.payload))
      const payload = this.readArrival(asked, arrival)
      if (!isCommandId(asked.command)) throw refusal('INVALID_PARAMS', 'There is no such command', 'Check the topic.')
      const found = await this.findCar(asked.slug, waits)
      if (!accepted.has(asked.command)) throw notAccepted(asked.command)
      await journal.left
      if (payload.id !== undefined && !payload.dryRun && !journal.take(payload.id)) throw duplicate()
      await this.pass(asked, payload, found)
    } catch (error) {
      this.refuse(asked, error)
    }
  }

  /** What stands in the message, as far as that alone tells. */
  private readArrival({ command }: Asked, { topic, payload, retain }: Arrival): CommandPayload {
    if (retain) this.retained.add(topic)
    if (retain) throw refusal('RETAINED', 'A retained command is never carried out', 'Publish commands without the retain flag.')
    // Without MQTT 5 the clearing of a retained command looks like a command without a payload: nobody can tell which it is.
    if (payload.length === 0 && this.retained.delete(topic) && !this.options.seesEveryRetained())
      throw refusal('RETAINED', 'This may be the clearing of a retained command, so it was not carried out', 'Send it again.')
    const read = readPayload(command, payload)
    if (read.expiresAt !== undefined && Date.parse(read.expiresAt) <= this.options.clock.now())
      throw refusal('EXPIRED', 'The command came after its time', 'Send it again if it is still wanted.')
    return read
  }

  private async findCar(slug: string, waits: () => void): Promise<OurCar> {
    const known = this.options.known(slug)
    if (known) return known
    // The broker's other messages do not wait until a cloud has listed the cars.
    waits()
    const found = await this.options.find(slug)
    if (!found) throw this.options.isElsewhere(slug) ? notShared() : noSuchCar()
    return found
  }

  private async pass(asked: Asked, { params, dryRun }: CommandPayload, { account, car }: OurCar) {
    const { journal } = this.options
    const { id, slug, command, requestedAt, response } = asked
    // Written down before the broker is told that we have it, and before anything is sent.
    if (!dryRun) await journal.begin({ id, slug, command, requestedAt: iso(requestedAt), ...(response && { response }) })
    if (!dryRun && response) this.options.answersTo(id, response)
    const known = dryRun ? this.options.dryRun(id, response) : id
    // What the account tells of a car goes to the mirror, which publishes it.
    const tell = (outcome: Outcome, told?: Vehicle) => told || this.options.tellOutcome(car, outcome)
    void account.send({ vehicle: car.id, command, params, dryRun, origin: 'topic', id: known, requestedAt }, tell)
  }

  private refuse({ slug, command, id, requestedAt, response }: Asked, error: unknown): void {
    const { cause } = toDrivewayError(error)
    const now = this.options.clock.now()
    const outcome: Outcome = {
      id,
      command,
      phase: 'refused',
      ok: okOf.refused,
      cause,
      requestedAt: iso(requestedAt),
      finishedAt: iso(now),
      durationMs: Math.max(0, now - requestedAt),
    }
    this.options.tellRefused(slug, outcome, response)
  }

  /** Throws for a topic that nobody may make us publish on: one with wildcards, or one that commands our own cars. */
  private responseOf({ responseTopic, correlationData }: Arrival): ResponseTo | undefined {
    if (responseTopic === undefined) return undefined
    const isTopic = /^[^$+#][^+#]*$/.test(responseTopic) && !responseTopic.includes('\0')
    if (!isTopic || isCommandTree(this.options.base, responseTopic))
      throw refusal('INVALID_PARAMS', 'Answers cannot be sent to that response topic', 'Choose another response topic.')
    return { topic: responseTopic, ...(correlationData && { correlation: correlationData.toString('base64') }) }
  }
}

/** Somebody takes a retained command off the broker: that is no command. */
const isClearing = ({ payload, retain }: Arrival): boolean => retain && payload.length === 0

function isCommandTree(base: string, topic: string): boolean {
  const [, room] = topic.startsWith(`${base}/`) ? topic.slice(base.length + 1).split('/') : []
  return room === 'command'
}

const refusal = (code: CauseCode, message: string, action: string): DrivewayError => new DrivewayError({ code, message, action })

const noSuchCar = (): DrivewayError => refusal('INVALID_PARAMS', 'There is no car of that short name here', 'Check the topic.')

const notShared = (): DrivewayError =>
  refusal(
    'INVALID_CONFIG',
    'Another Driveway has that car; this one shares the commands with it, and does not have it',
    'Give all Driveways of a shared group the same cars, or each its own group.',
  )

const duplicate = (): DrivewayError =>
  refusal('DUPLICATE', 'A command with this id was taken within the last 24 hours', 'Give each command its own id.')

const notAccepted = (command: CommandId): DrivewayError =>
  refusal('NOT_ALLOWED', `"${command}" is not accepted from topics`, 'Name it among the commands of the MQTT settings.')
