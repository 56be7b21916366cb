import { expect } from 'chai'
import { EventEmitter } from 'node:events'
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { minutes, seconds } from '../../../src/clock'
import { QueueReader } from '../../../src/providers/invers/queue'
import { ManualClock, tick } from '../../support/clock'
import { Gate } from '../../support/scriptedProvider'

const noQueue = () => new Error('Operation failed: BasicConsume; 404 (NOT-FOUND) with message "NOT_FOUND - no queue"')

/** A broker's side of a channel is played: one alone does not move a queue, as a cluster does. */
function givenQueue() {
  const clock = new ManualClock()
  const over = new AbortController()
  const told: (string | undefined)[] = []
  let consumers = 0
  let isThere = true
  let deliver: (message: ConsumeMessage | null) => void = () => undefined
  const words: string[] = []
  let latest = new EventEmitter()
  let isClosed = false
  const say = (word: string) => {
    if (isClosed) throw new Error('Channel closed')
    words.push(word)
  }
  const answered = new Gate()
  const channel = () =>
    (latest = Object.assign(new EventEmitter(), {
      prefetch: () => Promise.resolve(),
      consume: (_queue: string, take: typeof deliver) => {
        consumers++
        deliver = take
        return isThere ? Promise.resolve({ consumerTag: 'c' }) : Promise.reject(noQueue())
      },
      close: () => answered.promise,
      ack: () => say('ack'),
      nack: () => say('nack'),
    }))
  const model = { createChannel: () => Promise.resolve(channel()) } as unknown as ChannelModel
  const reader = new QueueReader({
    queue: 'states',
    clock,
    take: () => Promise.resolve('handed-on'),
    onState: (problem) => told.push(problem?.code),
    onUnreadable: () => undefined,
  })
  const settle = async () => {
    for (let n = 0; n < 5; n++) await tick()
  }
  const cancel = async () => {
    deliver(null)
    await settle()
  }
  let isOver = false
  return {
    clock,
    told,
    words,
    cancel,
    come: () => deliver({ content: Buffer.from('{}'), properties: {} } as unknown as ConsumeMessage),
    loseChannel: () => {
      isClosed = true
      latest.emit('close')
    },
    answer: () => answered.open(),
    isOver: () => isOver,
    settle,
    consumers: () => consumers,
    lose: () => (isThere = false),
    begin: async () => {
      void reader.run(model, over.signal).then(() => (isOver = true))
      await settle()
    },
    end: () => over.abort(),
  }
}

describe('a queue of INVERS', () => {
  let queue: ReturnType<typeof givenQueue>
  beforeEach(async () => {
    queue = givenQueue()
    await queue.begin()
  })

  it('says its last word before its connection may end', async () => {
    queue.come()
    queue.end()
    await queue.settle()
    expect([queue.words, queue.isOver()]).to.deep.equal([['ack'], false])
    queue.answer()
    await queue.settle()
    expect(queue.isOver()).to.equal(true)
  })

  it('does not wait for ever for a broker that is gone', async () => {
    queue.end()
    await queue.clock.advance(seconds(1), queue.settle)
    expect(queue.isOver()).to.equal(true)
  })

  it('says nothing more on a channel that is gone, what came just before included', async () => {
    queue.come()
    // What was handed on is about to be acknowledged.
    await Promise.resolve()
    await Promise.resolve()
    queue.loseChannel()
    queue.end()
    queue.answer()
    await queue.settle()
    expect(queue.words).to.deep.equal([])
  })
})

describe('a queue of INVERS whose broker cancels the consumer', () => {
  let queue: ReturnType<typeof givenQueue>
  beforeEach(async () => {
    queue = givenQueue()
    await queue.begin()
  })
  afterEach(() => queue.end())

  it('is read again at once, and nobody is alarmed, when it is still there', async () => {
    await queue.clock.advance(minutes(5))
    await queue.cancel()
    expect(queue.consumers()).to.equal(2)
    await queue.clock.advance(minutes(5))
    await queue.cancel()
    expect(queue.consumers()).to.equal(3)
    expect(new Set(queue.told)).to.deep.equal(new Set([undefined]))
  })

  it('is gone when the next try does not find it', async () => {
    queue.lose()
    await queue.cancel()
    expect(queue.told.at(-1)).to.equal('INVALID_CONFIG')
    await queue.clock.advance(minutes(9), queue.settle)
    expect(queue.consumers(), 'which no hurry mends').to.equal(2)
  })

  it('is not asked for in a circle when the broker cancels again and again', async () => {
    for (let n = 0; n < 20; n++) await queue.cancel()
    expect(queue.consumers()).to.equal(2)
    expect(queue.told.at(-1)).to.equal('NETWORK')
    await queue.clock.advance(seconds(10), queue.settle)
    expect(queue.consumers()).to.equal(3)
    expect(queue.told.at(-1)).to.equal(undefined)
  })
})
