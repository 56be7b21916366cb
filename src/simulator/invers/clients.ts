import { inversDemo } from '../credentials'

/** What a person toggles in FleetControl. `.ro` reads only; the full one includes it. INVERS: permissions */
export type Permission = 'vehicle-commands' | 'vehicles' | 'vehicles.ro'

export interface ApiClient {
  id: string
  secret: string
  /** The one fleet it acts for. */
  fleet: string
  permissions: Permission[]
}

const first = (): ApiClient[] => [
  {
    id: inversDemo.clientId,
    secret: inversDemo.clientSecret,
    fleet: inversDemo.fleet,
    permissions: ['vehicles', 'vehicle-commands'],
  },
  // Looks on: a dashboard that sends nothing.
  { id: 'DEMO01#cl2', secret: 'demo-secret-that-only-reads', fleet: inversDemo.fleet, permissions: ['vehicles.ro'] },
  // Another fleet. Its secret has what form-encoding would change.
  { id: 'OTHER7#cl1', secret: 'a+b %23&ü', fleet: 'OTHER7', permissions: ['vehicles.ro', 'vehicle-commands'] },
]

/** The API clients that exist. Tests may take permissions away and change secrets. */
export class Clients {
  private all = first()

  find(id: string): ApiClient | undefined {
    return this.all.find((client) => client.id === id)
  }

  add(client: ApiClient): void {
    this.all.push(client)
  }

  reset(): void {
    this.all = first()
  }
}

/** Whether these permissions allow what needs `wanted`. */
export const allows = (permissions: readonly Permission[], wanted: Permission): boolean =>
  permissions.includes(wanted) || (wanted === 'vehicles.ro' && permissions.includes('vehicles'))
