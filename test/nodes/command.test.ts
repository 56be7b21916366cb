import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { catchAll, codeOf, commandsSent, nothingIsLost, owns } from './support'

const node = (more: AnyMessage): AnyMessage => ({ id: 'command', type: 'driveway-command', account: 'acc', ...more })
const complete = { id: 'complete', type: 'complete', scope: ['command'], wires: [['completed']] }

/** A home with one car (or these) and one command node. */
const givenCommand = (more: AnyMessage, { cars = ['ex40'], account = {}, nodes = [] as AnyMessage[] } = {}): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, ...cars)
    return { account, nodes: [node({ wires: [['result']], ...more }), catchAll, complete, ...nodes] }
  })

describe('the command node', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  describe('outputs', () => {
    const tables = [
      { onFailure: 'error', progress: false, wires: [['result']], ports: ['result'] },
      { onFailure: 'error', progress: true, wires: [['result'], ['progress']], ports: ['result', 'progress'] },
      { onFailure: 'output', progress: false, wires: [['result'], ['notDone']], ports: ['result', 'notDone'] },
      {
        onFailure: 'output',
        progress: true,
        wires: [['result'], ['notDone'], ['progress']],
        ports: ['result', 'notDone', 'progress'],
      },
    ]
    for (const { onFailure, progress, wires, ports } of tables) {
      const title = `onFailure ${onFailure}${progress ? ' and progress' : ''}: ${ports.join(', ')}`
      it(`${title}, when the car does it`, async () => {
        home = await givenCommand({ command: 'lock', onFailure, progress, wires })
        const result = await home.ask('command', { _msgid: 'm1', kept: { deep: 1 } }, 'result')
        await home.advance(seconds(2))
        expect(result).to.include({ topic: 'lock', _msgid: 'm1' })
        expect(result.kept).to.deep.equal({ deep: 1 })
        expect(result.vehicle).to.include({ id: home.car.id, provider: 'volvo' })
        expect(result.payload).to.include({ command: 'lock', phase: 'done', ok: true })
        expect(Date.parse(result.payload.finishedAt) - Date.parse(result.payload.requestedAt)).to.equal(result.payload.durationMs)
        expect(home.messages('result')).to.have.length(1)
        expect(home.messages('notDone')).to.deep.equal([])
        expect(home.messages('progress').map(({ payload }) => payload.phase)).to.deep.equal(progress ? ['accepted', 'sent'] : [])
        for (const message of home.messages('progress')) {
          expect(message).to.include({ topic: 'lock', _msgid: 'm1' })
          expect(message.payload.id).to.equal(result.payload.id)
          expect(message.vehicle).to.deep.equal(result.vehicle)
        }
        expect(home.messages('completed')).to.have.length(1)
        expect(home.messages('caught')).to.deep.equal([])
      })

      it(`${title}, when the car says no`, async () => {
        home = await givenCommand({ command: 'lock', onFailure, progress, wires })
        home.simulator.faults.add({ provider: 'volvo', kind: 'next-command', status: 'UNABLE_TO_LOCK_DOOR_OPEN' })
        const sink = onFailure === 'output' ? 'notDone' : 'caught'
        const told = await home.ask('command', { _msgid: 'm2', kept: true }, sink)
        await home.advance(seconds(2))
        expect(told).to.include({ _msgid: 'm2', kept: true })
        expect(codeOf(told)).to.equal('DOOR_OPEN')
        const outcome = onFailure === 'output' ? told.payload : told.outcome
        expect(outcome).to.include({ command: 'lock', ok: false })
        expect(outcome.cause.message)
          .to.be.a('string')
          .that.does.not.match(/[A-Z]{3}_/)
        expect(home.messages('result')).to.deep.equal([])
        expect(home.messages(sink)).to.have.length(1)
        expect(home.messages('completed')).to.have.length(onFailure === 'output' ? 1 : 0)
        expect(home.messages('progress').map(({ payload }) => payload.phase)).to.deep.equal(progress ? ['accepted', 'sent'] : [])
      })
    }

    it('counts an outcome that nobody knows as not done', async () => {
      home = await givenCommand({ command: 'honk', onFailure: 'output', wires: [['result'], ['notDone']] })
      home.simulator.faults.add({ provider: 'volvo', kind: 'reset-late' })
      const told = await home.ask('command', {}, 'notDone')
      expect(told.payload).to.include({ phase: 'unknown', ok: null })
      expect(codeOf(told)).to.equal('NETWORK')
      await home.advance(minutes(2))
      expect(commandsSent(home), 'it may have honked: it is not sent again').to.have.length(1)
    })
  })

  it('raises an error that carries code and cause, prints as its message alone, and tells the outcome', async () => {
    home = await givenCommand({ command: 'lock' })
    home.simulator.faults.add({ provider: 'volvo', kind: 'next-command', status: 'UNABLE_TO_LOCK_DOOR_OPEN' })
    const { error, outcome } = await home.ask('command', {}, 'caught')
    expect(error.code).to.equal('DOOR_OPEN')
    expect(error.cause).to.include({ code: 'DOOR_OPEN', message: error.message })
    expect(error.cause.action).to.be.a('string')
    expect(error.cause.provider.status).to.equal('UNABLE_TO_LOCK_DOOR_OPEN')
    expect(error.message).to.not.match(/^Error|DrivewayError/)
    expect(error.source).to.include({ id: 'command', type: 'driveway-command', count: 1 })
    expect(Object.getPrototypeOf(error.cause)).to.equal(Object.prototype)
    expect(outcome.cause).to.deep.equal(error.cause)
    expect(home.status('command')).to.equal('driveway-command.status.notDone: driveway-command.status.doorOpen')
  })

  describe('what is asked', () => {
    it('takes the command, the car and the parameters of the message where the node is silent', async () => {
      home = await givenCommand({}, { cars: ['ex40', 'v60'], account: { allow: ['engine-start'] } })
      const { id } = home.simulator.cars.get('v60')
      const result = await home.ask('command', { command: 'engine-start', vehicle: id, params: { minutes: 3 } }, 'result')
      expect(result.payload).to.include({ command: 'engine-start', ok: true })
      expect(result.vehicle.id).to.equal(id)
      expect(commandsSent(home)).to.deep.equal([`POST /volvo/connected-vehicle/v2/vehicles/${id}/commands/engine-start`])
    })

    it('does what the node says, whatever the message wants', async () => {
      const { id } = (home = await givenCommand({ command: 'honk' })).simulator.cars.get('ex40')
      await home.close()
      home = await givenCommand({ command: 'honk', vehicle: id, params: '{}' }, { cars: ['ex40', 'v60'] })
      const other = home.simulator.cars.get('v60').id
      const result = await home.ask('command', { command: 'flash', vehicle: other, params: { minutes: 99 } }, 'result')
      expect(result.payload.command).to.equal('honk')
      expect(result.vehicle.id).to.equal(id)
    })

    it('knows a car by id, by short name and by the vehicle of a message', async () => {
      home = await givenCommand({ command: 'flash' }, { cars: ['ex40', 'xc60'] })
      const first = await home.ask('command', { vehicle: home.car.id }, 'result')
      const { vehicle } = first
      expect(vehicle.slug).to.match(/^ex40-[0-9a-f]{4}$/)
      expect((await home.ask('command', { vehicle: vehicle.slug }, 'result')).vehicle).to.deep.equal(vehicle)
      expect((await home.ask('command', { vehicle }, 'result')).vehicle).to.deep.equal(vehicle)
    })

    it('asks which car when none is named and there are several', async () => {
      home = await givenCommand({ command: 'flash' }, { cars: ['ex40', 'xc60'] })
      const { error } = await home.ask('command', {}, 'caught')
      expect(error.code).to.equal('VEHICLE_UNKNOWN')
      expect(error.cause.action).to.match(/ex40-\w+, xc60-\w+/)
      expect(commandsSent(home)).to.deep.equal([])
    })

    const refused: { what: string; fields?: AnyMessage; message?: AnyMessage; code: string; says: RegExp }[] = [
      {
        what: 'a car that is not there',
        message: { command: 'lock', vehicle: 'YV1WRONGWRONG0001' },
        code: 'VEHICLE_UNKNOWN',
        says: /not in the account/,
      },
      {
        what: 'a car named by a number',
        message: { command: 'lock', vehicle: 5 },
        code: 'VEHICLE_UNKNOWN',
        says: /must be an id/,
      },
      { what: 'a command that nobody knows', message: { command: 'fly' }, code: 'INVALID_PARAMS', says: /no command "fly"/ },
      { what: 'no command at all', code: 'INVALID_PARAMS', says: /No command/ },
      { what: 'a command that is no text', message: { command: {} }, code: 'INVALID_PARAMS', says: /No command/ },
      {
        what: 'a parameter out of range',
        fields: { command: 'engine-start', params: '{"minutes":99}' },
        code: 'INVALID_PARAMS',
        says: /the parameter minutes\b/,
      },
      {
        what: 'the first of several bad parameters',
        message: { command: 'charge-schedule', params: { slot: 9, start: 'x', days: [], enabled: 1 } },
        code: 'INVALID_PARAMS',
        says: /the parameter slot\b/,
      },
      {
        what: 'a parameter that is not known',
        fields: { command: 'lock', params: '{"door":1}' },
        code: 'INVALID_PARAMS',
        says: /the parameter door:? is not known/,
      },
      {
        what: 'parameters that are no object',
        message: { command: 'lock', params: 'loud' },
        code: 'INVALID_PARAMS',
        says: /parameters/,
      },
      {
        what: 'parameters in the node that are no JSON',
        fields: { command: 'lock', params: '{minutes' },
        code: 'INVALID_PARAMS',
        says: /not valid JSON/,
      },
      {
        what: 'a command the car does not list',
        fields: { command: 'engine-start', params: '{"minutes":3}' },
        code: 'UNSUPPORTED',
        says: /EX40 cannot .* It can: .*lock/,
      },
      { what: 'a guarded command from a message', message: { command: 'unlock' }, code: 'NOT_ALLOWED', says: /unlock/ },
    ]
    for (const { what, fields = {}, message = {}, code, says } of refused) {
      for (const onFailure of ['error', 'output']) {
        it(`refuses ${what} (${onFailure})`, async () => {
          home = await givenCommand({ ...fields, onFailure, wires: [['result'], ['notDone']] })
          const told = await home.ask('command', { ...message, kept: 1 }, onFailure === 'error' ? 'caught' : 'notDone')
          expect(codeOf(told)).to.equal(code)
          const outcome = onFailure === 'error' ? told.outcome : told.payload
          expect(outcome).to.include({ phase: 'refused', ok: false })
          expect(outcome.cause.message).to.match(says)
          expect(outcome.cause.action).to.be.a('string')
          expect(JSON.stringify(outcome)).to.not.include('YV1')
          expect(told.kept).to.equal(1)
          await home.advance(seconds(2))
          expect([...home.messages('caught'), ...home.messages('notDone')]).to.have.length(1)
          expect(commandsSent(home)).to.deep.equal([])
        })
      }
    }

    it('sends a guarded command that its author chose in the node', async () => {
      home = await givenCommand({ command: 'unlock' })
      expect((await home.ask('command', {}, 'result')).payload).to.include({ command: 'unlock', ok: true })
    })

    it('sends a guarded command from a message when the account allows it', async () => {
      home = await givenCommand({}, { account: { allow: ['unlock'] } })
      expect((await home.ask('command', { command: 'unlock' }, 'result')).payload).to.include({ command: 'unlock', ok: true })
    })
  })

  describe('a dry run', () => {
    it('checks everything, says what it would send, and sends nothing', async () => {
      home = await givenCommand({ command: 'lock', dryRun: true })
      const { payload } = await home.ask('command', {}, 'result')
      expect(payload).to.include({ phase: 'checked', ok: true, cost: 1 })
      expect(payload.wouldSend).to.include({ method: 'POST' })
      expect(payload.wouldSend.path)
        .to.match(/commands\/lock$/)
        .and.not.include(home.car.id)
      expect(commandsSent(home)).to.deep.equal([])
      expect(home.messages('completed')).to.have.length(1)
    })

    it('refuses what would be refused', async () => {
      home = await givenCommand({ dryRun: true })
      expect(codeOf(await home.ask('command', { command: 'unlock' }, 'caught'))).to.equal('NOT_ALLOWED')
    })
  })

  describe('several commands at once', () => {
    it('wait in line when they go to one car', async () => {
      home = await givenCommand({})
      await home.ask('command', { command: 'flash' }, 'result')
      home.simulator.calls.clear()
      for (const command of ['lock', 'honk', 'climate-start']) home.node('command').receive({ command })
      await home.until(() => home.messages('result').length === 4, 'all three')
      const done = home
        .messages('result')
        .slice(1)
        .map(({ payload }) => payload)
      expect(done.map(({ command }) => command)).to.deep.equal(['lock', 'honk', 'climate-start'])
      const posts = home.simulator.calls.list({ method: 'POST', path: '/commands/' })
      const times = posts.map(({ time, durationMs }) => ({ from: Date.parse(time), to: Date.parse(time) + durationMs }))
      for (const [index, { from }] of times.entries()) if (index > 0) expect(from).to.be.at.least(times[index - 1]!.to)
      expect(home.messages('completed')).to.have.length(4)
    })

    it('do not wait when they go to different cars', async () => {
      home = await givenCommand({ command: 'flash' }, { cars: ['ex40', 'xc60'] })
      const ids = ['ex40', 'xc60'].map((key) => home.simulator.cars.get(key).id)
      for (const vehicle of ids) await home.ask('command', { vehicle }, 'result')
      home.simulator.calls.clear()
      for (const vehicle of ids) home.node('command').receive({ vehicle })
      await home.until(() => home.messages('result').length === 4, 'both')
      const [one, two] = home.simulator.calls.list({ method: 'POST', path: '/commands/' })
      expect(Date.parse(two!.time)).to.be.below(Date.parse(one!.time) + one!.durationMs)
    })
  })

  it('says so when it has no account', async () => {
    home = await givenCommand({ account: '', command: 'lock', onFailure: 'output', wires: [['result'], ['notDone']] })
    expect(home.status('command')).to.equal('driveway-command.status.noAccount')
    const told = await home.ask('command', {}, 'notDone')
    expect(codeOf(told)).to.equal('INVALID_CONFIG')
    expect(told.payload).to.include({ command: 'lock', phase: 'refused', ok: false })
  })

  it('tells nothing more, and sends nothing again, when it is stopped while a command is under way', async () => {
    home = await givenCommand({ command: 'honk', progress: true, wires: [['result'], ['progress']] })
    home.node('command').receive({})
    await home.until(() => home.messages('progress').length === 2, 'the command to leave')
    const others = home.flow.filter(({ id }) => id !== 'command')
    await home.deploy(others)
    await home.advance(minutes(1))
    expect(home.messages('result')).to.deep.equal([])
    expect(commandsSent(home).length).to.be.at.most(1)
  })
})
