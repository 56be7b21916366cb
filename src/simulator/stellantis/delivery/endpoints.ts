import { readObject, type Reply } from '../../http'
import type { Route } from '../../router'
import { hal, link, type Ask, type Endpoint } from '../endpoint'
import { Refused } from '../errors'
import { told, type Wire } from '../facts'
import { collection } from '../hal'
import type { Quotas } from '../quotas'
import type { Monitors } from '../monitors/monitors'
import type { Channel, Channels } from './channels'

export const ownerOf = ({ user, application }: Pick<Ask, 'user' | 'application'>): string => `${user} ${application.clientId}`

export function bodyOf({ call }: Ask): Record<string, unknown> {
  const body = call.body.trim() === '' ? undefined : readObject(call.body)
  if (!body) throw new Refused({ status: 400, message: 'The body must be a JSON object' })
  return body
}

export interface ChannelParts {
  channels: Channels
  monitors: Monitors
  quotas: Quotas
  /** Whether a remote of this channel has not ended. */
  isPending: (channelId: string) => boolean
}

const words = {
  v1: { path: 'channels', id: 'channelId', link: 'channel' },
  v4: { path: 'callbacks', id: 'callbackId', link: 'callback' },
} as const

export const addressOf = ({ root, generation }: Pick<Ask, 'root' | 'generation'>, id: string): string =>
  `${root}/${words[generation].path}/${id}`

/** Stellantis: ChannelRef, CallbackRef */
function reference(ask: Ask, channel: Channel): Wire {
  const { id, link: name } = words[ask.generation]
  const times = ask.generation === 'v1' ? { createdAt: channel.createdAt, updatedAt: channel.updatedAt } : {}
  return { ...times, _links: { [name]: link(addressOf(ask, channel.id)) }, [id]: channel.id, status: channel.status }
}

function whole(ask: Ask, channel: Channel): Wire {
  return told({
    _links: { self: link(addressOf(ask, channel.id)) },
    id: channel.id,
    createdAt: ask.generation === 'v1' ? channel.createdAt : undefined,
    updatedAt: ask.generation === 'v1' ? channel.updatedAt : undefined,
    status: channel.status,
    label: ask.generation === 'v4' ? channel.subscribe.label : undefined,
    subscribe: channel.subscribe,
  })
}

/** Channels (v1) and callbacks (v4): the same with other words. Stellantis: operations 22 to 27, and v4's */
export function channelEndpoints({ channels, monitors, quotas, isPending }: ChannelParts): readonly Route<Endpoint>[] {
  const mine = (ask: Ask) => channels.get(ask.params.chId ?? '', ownerOf(ask), ask.generation)

  const list = (ask: Ask): Reply => {
    const types = ask.query.getAll('types')
    if (types.some((type) => type !== 'Monitor' && type !== 'Remote'))
      throw new Refused({ status: 400, message: 'types is wrong' })
    const found = channels
      .of(ownerOf(ask), ask.generation)
      .filter(({ subscribe }) => types.every((type) => subscribe.type?.includes(type) ?? true))
    const { path } = words[ask.generation]
    const items = found.map((channel) => whole(ask, channel))
    return hal(200, collection({ name: path, items, href: `${ask.root}/${path}`, ...ask }))
  }

  const remove = (ask: Ask): Reply => {
    const channel = mine(ask)
    const standing = monitors.on(channel.id)
    if (ask.generation === 'v1') {
      // Stellantis v1: refused while something runs on it; v4 takes its monitors along.
      const running = standing.filter(({ status }) => status === 'Running')
      if (running.length) throw new Refused({ status: 400, message: 'A monitor is running on this channel' })
      if (isPending(channel.id)) throw new Refused({ status: 400, message: 'A remote is pending on this channel' })
    }
    for (const monitor of standing) monitors.remove(monitor)
    channels.remove(channel)
    return { status: 204 }
  }

  const create = (ask: Ask): Reply =>
    hal(200, reference(ask, channels.create(bodyOf(ask), ownerOf(ask), ask.generation, quotas.limits.channels)))

  const replace = (ask: Ask): Reply => {
    const channel = mine(ask)
    channels.replace(channel, bodyOf(ask))
    return hal(202, reference(ask, channel))
  }

  const setStatus = (ask: Ask): Reply => {
    const channel = mine(ask)
    channels.setStatus(channel, bodyOf(ask).status)
    return hal(202, reference(ask, channel))
  }

  const bases = { v1: '/v1/accounts/channels', v4: '/connectedcar/v4/user/callbacks' } as const
  return (['v1', 'v4'] as const).flatMap((generation): Route<Endpoint>[] => {
    const base = bases[generation]
    const writes = generation === 'v1' ? { scopes: ['channel:write'] } : {}
    return [
      { method: 'GET', path: base, to: { generation, answer: list } },
      { method: 'POST', path: base, to: { generation, ...writes, answer: create } },
      { method: 'GET', path: `${base}/{chId}`, to: { generation, answer: (ask) => hal(200, whole(ask, mine(ask))) } },
      { method: 'PUT', path: `${base}/{chId}`, to: { generation, ...writes, answer: replace } },
      { method: 'DELETE', path: `${base}/{chId}`, to: { generation, ...writes, answer: remove } },
      { method: 'PUT', path: `${base}/{chId}/status`, to: { generation, ...writes, answer: setStatus } },
    ]
  })
}
