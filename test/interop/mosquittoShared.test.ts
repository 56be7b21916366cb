import { expect } from 'chai'
import { until } from '../support/broker'
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
    const first = () => bridge({ url, instance: 'one', dir, shared })
    const runs = [first(), bridge({ url, instance: 'two', shared })]
    for (const run of runs) await run.said(/^connected$/m)
    return { mosquitto, url, runs, first, asker: await listener(url, results) }
  }
  const asked = (id: string) => JSON.stringify({ id })

  it('are each executed once, and both have a part in it; a retained one never', async () => {
    const { mosquitto, runs, asker } = await given()
    mosquitto.publish(topic, asked('retained'), '-r')
    for (const id of ids) await asker.client.publishAsync(topic, asked(id), { qos: 1 })
    const finals = () => asker.finals(results).filter(({ id }) => id !== 'retained')
    await until(() => finals().length >= commands, 'all results', 60_000)
    expect(executed(...runs).sort()).to.deep.equal([...ids].sort())
    expect(
      finals()
        .map(({ id }) => id)
        .sort(),
    ).to.deep.equal([...ids].sort())
    for (const run of runs) expect(executed(run).length).to.be.above(0)
  })

  it('are each executed once while one instance is killed in the middle of one and comes back', async () => {
    const { url, runs, first, asker } = await given()
    const { on } = await listener(url, 'home/bridge/one/state')
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
          await until(() => on('home/bridge/one/state').at(-1) === 'offline', 'the last will', limit)
          runs.push(first())
          await runs.at(-1)!.said(/^connected$/m)
        }
      }
      // What it was about to tell when it died, it tells when it is back.
      await until(() => has(id), `a result of ${id}`, limit)
    }
    expect(killed, 'one was killed').to.equal(true)
    expect(executed(...runs).sort()).to.deep.equal([...ids].sort())
    // One that it could not be sure the broker has, it told again when it was back: the same.
    const told = new Set(asker.finals(results).map(({ id, phase }) => `${id} ${phase}`))
    expect([...told].map((one) => one.split(' ')[0]).sort()).to.deep.equal([...ids].sort())
  })

  // Mosquitto drops what it had handed to a client that dies; no client can mend that. What it dropped is known by its id.
  it('in a burst in which one is killed: none is executed twice, each executed has its one result, the others are named', async () => {
    const { url, runs, first, asker } = await given()
    const { on } = await listener(url, 'home/bridge/one/state')
    for (const [n, id] of ids.entries()) {
      if (n === commands / 2) {
        await until(() => executed(runs[0]!).length >= commands / 10, 'some of them', limit)
        await runs[0]!.end('SIGKILL')
        // The broker knows of it: from now on the other one gets everything.
        await until(() => on('home/bridge/one/state').at(-1) === 'offline', 'the last will', limit)
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
    runs.push(first())
    await runs.at(-1)!.said(/^connected$/m)
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
    const all = executed(...runs)
    expect(new Set(all).size, 'none twice').to.equal(all.length)
    expect(
      ids.filter((id) => !all.includes(id) && !unknown.includes(id)),
      'neither executed nor told as unknown',
    ).to.deep.equal([])
  })
})
