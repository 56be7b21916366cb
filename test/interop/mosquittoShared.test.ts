import { expect } from 'chai'
import { until } from '../support/broker'
import type { Run } from '../support/childProcess'
import { temporaryFolder } from '../support/stage'
import { executed, howMany, limit, withMosquitto } from './support/withMosquitto'

const commands = howMany('COMMANDS', 1000)
const ids = Array.from({ length: commands }, (_, n) => `s${n}`)
const topic = 'home/car/command/lock'
const results = 'home/car/result/lock'

describe(`${commands} commands to two instances that share them, with Mosquitto`, function () {
  this.timeout(180_000)
  const { start, bridge, listener } = withMosquitto()
  const shared = 'team'

  const given = async () => {
    const mosquitto = await start()
    const url = mosquitto.url()
    const dir = temporaryFolder('bridge')
    const { on } = await listener(url, 'home/bridge/+/state')
    // "online" follows the subscriptions on the wire: whoever saw it is heard.
    const isOnline = (instance: string) => on(`home/bridge/${instance}/state`).at(-1) === 'online'
    const first = async () => {
      const run = bridge({ url, instance: 'one', dir, shared })
      await until(() => isOnline('one'), 'the first instance listening', limit)
      return run
    }
    const runs = [await first(), bridge({ url, instance: 'two', shared })]
    await until(() => isOnline('two'), 'the second instance listening', limit)
    return { mosquitto, url, runs, first, isOnline, asker: await listener(url, results) }
  }
  /** What they print comes on another way than their results. */
  const allExecuted = async (runs: Run[], wanted: readonly string[]) => {
    await until(() => new Set(executed(...runs)).size >= wanted.length, 'the last word of each', limit)
    expect(executed(...runs).sort()).to.deep.equal([...wanted].sort())
  }
  const asked = (id: string) => JSON.stringify({ id })

  it('are each executed once, and both have a part in it; a retained one never', async () => {
    const { mosquitto, runs, asker } = await given()
    mosquitto.publish(topic, asked('retained'), '-r')
    for (const id of ids) await asker.client.publishAsync(topic, asked(id), { qos: 1 })
    const finals = () => asker.finals(results).filter(({ id }) => id !== 'retained')
    await until(() => finals().length >= commands, 'all results', 60_000)
    await allExecuted(runs, ids)
    expect(
      finals()
        .map(({ id }) => id)
        .sort(),
    ).to.deep.equal([...ids].sort())
    for (const run of runs) expect(executed(run).length).to.be.above(0)
  })

  it('are each executed once while one instance is killed in the middle of one and comes back', async () => {
    const { runs, first, isOnline, asker } = await given()
    const answered = new Set<string>()
    let looked = 0
    const has = (id: string) => {
      for (; looked < asker.heard.length; looked++) {
        const { id: told, finishedAt } = JSON.parse(asker.heard[looked]!.text) as { id: string; finishedAt?: string }
        if (finishedAt) answered.add(told)
      }
      return answered.has(id)
    }
    let killed = false
    for (const [n, id] of ids.entries()) {
      await asker.client.publishAsync(topic, asked(id), { qos: 1 })
      if (n >= commands / 2 && !killed) {
        // Whichever has it: the first one dies when it is its turn.
        const its = () => executed(runs[0]!).includes(id)
        await until(() => its() || has(id), 'somebody taking it', limit)
        if (its()) {
          killed = true
          await runs[0]!.end('SIGKILL')
          await until(() => !isOnline('one'), 'the last will', limit)
          runs.push(await first())
        }
      }
      // What it was about to tell when it died, it tells when it is back.
      await until(() => has(id), `a result of ${id}`, limit)
    }
    expect(killed, 'one was killed').to.equal(true)
    await allExecuted(runs, ids)
    // One that it could not be sure the broker has, it told again when it was back: the same.
    const told = new Set(asker.finals(results).map(({ id, phase }) => `${id} ${phase}`))
    expect([...told].map((one) => one.split(' ')[0]).sort()).to.deep.equal([...ids].sort())
  })

  it('are refused by an instance that has other cars, and not lost without a word', async () => {
    const { runs, isOnline, asker, url } = await given()
    await runs[1]!.end()
    await until(() => !isOnline('two'), 'the second one gone', limit)
    runs.push(bridge({ url, instance: 'three', shared, slug: 'other' }))
    await until(() => isOnline('three'), 'the third instance listening', limit)
    const some = ids.slice(0, 20)
    for (const id of some) await asker.client.publishAsync(topic, asked(id), { qos: 1 })
    await until(() => asker.finals(results).length >= some.length, 'all results', limit)
    const phases = asker.finals(results).map(({ phase, cause }) => [phase, ...(cause ? [cause.code] : [])].join(' '))
    expect(new Set(phases)).to.deep.equal(new Set(['done', 'refused INVALID_CONFIG']))
    expect(asker.finals(results).map(({ id }) => id)).to.have.members(some)
  })

  // Mosquitto drops what it had handed to a client that dies; no client can mend that. What it dropped is known by its id.
  it('in a burst in which one is killed: none is executed twice, each executed has its one result, the others are named', async () => {
    const { runs, first, isOnline, asker } = await given()
    for (const [n, id] of ids.entries()) {
      if (n === commands / 2) {
        await until(() => executed(runs[0]!).length >= commands / 10, 'some of them', limit)
        await runs[0]!.end('SIGKILL')
        // The broker knows of it: from now on the other one gets everything.
        await until(() => !isOnline('one'), 'the last will', limit)
      }
      await asker.client.publishAsync(topic, asked(id), { qos: 1 })
    }
    const finals = () => asker.finals(results).map(({ id }) => id)
    const missing = (wanted: readonly string[]) => {
      const told = new Set(finals())
      return wanted.filter((id) => !told.has(id))
    }
    const after = ids.slice(commands / 2)
    await until(() => missing(after).length === 0, 'the results of the one that lives', 60_000)
    runs.push(await first())
    const done = executed(...runs)
    expect(new Set(done).size, 'none twice').to.equal(done.length)
    await until(() => missing(done).length === 0, 'a final result of each', limit)
    // One that it could not be sure the broker has, it told again when it was back: the same.
    const phases = asker.finals(results).map(({ id, phase }) => `${id} ${phase}`)
    expect(new Set(phases).size, 'one result each').to.equal(new Set(finals()).size)
    const unanswered = missing(ids)
    const named = unanswered.length > 12 ? [...unanswered.slice(0, 10), '…', unanswered.at(-1)] : unanswered
    console.log(`        dropped by the broker with the one that died: ${unanswered.length} (${named.join(', ')})`)
    expect(
      unanswered.filter((id) => done.includes(id)),
      'unanswered, and yet executed',
    ).to.deep.equal([])
    // Whoever asks again, with the same id, has it executed once.
    for (const id of unanswered) await asker.client.publishAsync(topic, asked(id), { qos: 1 })
    await until(() => missing(unanswered).length === 0, 'the results of those', limit)
    // Killed after it took a command and before it sent it: then it says that nobody knows, and nothing is sent again.
    const unknown = asker.finals(results).flatMap(({ id, phase }) => (phase === 'unknown' ? [id] : []))
    const isSettled = () => new Set([...executed(...runs), ...unknown]).size >= ids.length
    await until(isSettled, 'the last word of each', limit)
    const all = executed(...runs)
    expect(new Set(all).size, 'none twice').to.equal(all.length)
    expect(
      ids.filter((id) => !all.includes(id) && !unknown.includes(id)),
      'neither executed nor told as unknown',
    ).to.deep.equal([])
  })
})
