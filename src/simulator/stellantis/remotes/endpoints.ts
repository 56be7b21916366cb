import type { Ending, Reply } from '../../http'
import type { Faults } from '../../faults'
import type { Route } from '../../router'
import type { Channels } from '../delivery/channels'
import { addressOf, bodyOf, ownerOf } from '../delivery/endpoints'
import { hal, link, type Ask, type Endpoint } from '../endpoint'
import { Refused } from '../errors'
import { told, type Wire } from '../facts'
import { collection } from '../hal'
import { carAddress } from '../say'
import type { Remote, Remotes } from './remotes'

const paths = { v1: 'channels', v4: 'callbacks' } as const
const links = { v1: 'channel', v4: 'callback' } as const

const base = (ask: Ask): string => `${carAddress(ask, ask.car)}/${paths[ask.generation]}/${ask.params.chId ?? ''}/remotes`

function whole(ask: Ask, remote: Remote): Wire {
  return told({
    _links: { self: link(`${base(ask)}/${remote.id}`), [links[ask.generation]]: link(addressOf(ask, remote.channelId ?? '')) },
    remoteActionId: remote.id,
    type: remote.restType,
    remote: remote.body,
    status: remote.status,
    failureCause: remote.failureCause,
    feedbackDetail: ask.generation === 'v4' ? remote.feedbackDetail : undefined,
  })
}

/** What happens to an answer on its way back, after the remote was taken. */
export const lateKinds = ['reset-late', 'timeout-late', 'error-late'] as const

/** Remotes of a car on a channel or callback. Stellantis: operations 36 to 38, and v4's */
export function remoteEndpoints(remotes: Remotes, channels: Channels, faults: Faults): readonly Route<Endpoint>[] {
  const channelOf = (ask: Ask) => channels.get(ask.params.chId ?? '', ownerOf(ask), ask.generation)

  const send = (ask: Ask): Ending => {
    const channel = channelOf(ask)
    const { generation, car, scopes } = ask
    const allowed = (scope: string) => (generation === 'v1' ? scopes.has(scope) : scopes.hasFlat(scope))
    const remote = remotes.send({ body: bodyOf(ask), generation, owner: ownerOf(ask), channelId: channel.id, car, allowed })
    const late = faults.take('stellantis', ask.call.path, lateKinds)?.kind
    if (late === 'reset-late') return 'destroy'
    if (late === 'timeout-late') return 'hang'
    if (late === 'error-late') throw new Refused({ status: 500, message: 'Internal server error' })
    return hal(202, {
      _links: { [links[generation]]: link(addressOf(ask, channel.id)), remote: link(`${base(ask)}/${remote.id}`) },
      remoteActionId: remote.id,
      type: remote.restType,
    })
  }

  const list = (ask: Ask): Reply => {
    const items = remotes.on(channelOf(ask).id, ask.car).map((remote) => whole(ask, remote))
    return hal(200, collection({ name: 'remoteActions', items, href: base(ask), ...ask }))
  }

  const one = (ask: Ask): Reply => {
    const remote = remotes.on(channelOf(ask).id, ask.car).find(({ id }) => id === ask.params.rid)
    if (!remote) throw new Refused({ status: 404, message: `There is no remote ${ask.params.rid ?? ''}` })
    return hal(200, whole(ask, remote))
  }

  const roots = { v1: '/v1/accounts', v4: '/connectedcar/v4/user' } as const
  return (['v1', 'v4'] as const).flatMap((generation): Route<Endpoint>[] => {
    const path = `${roots[generation]}/vehicles/{id}/${paths[generation]}/{chId}/remotes`
    return [
      { method: 'POST', path, to: { generation, answer: send } },
      { method: 'GET', path, to: { generation, answer: list } },
      { method: 'GET', path: `${path}/{rid}`, to: { generation, answer: one } },
    ]
  })
}
