import { volvoDemo } from '../credentials'

/** Who owns which cars, by the cars' keys. `demo` is who signs in unless somebody else is chosen. */
const owners: Readonly<Record<string, readonly string[]>> = {
  [volvoDemo.user]: ['ex40', 'xc60', 'v60'],
  other: ['ex30', 'us-xc40'],
  nobody: [],
}

/** The people with a simulated Volvo ID, and their cars. */
export class Users {
  private cars = new Map<string, string[]>()

  constructor() {
    this.reset()
  }

  get first(): string {
    return volvoDemo.user
  }

  names(): string[] {
    return [...this.cars.keys()]
  }

  has(user: string): boolean {
    return this.cars.has(user)
  }

  /** Keys of the cars of a person. */
  carsOf(user: string): readonly string[] {
    return this.cars.get(user) ?? []
  }

  ownersOf(car: string): string[] {
    return this.names().filter((user) => this.carsOf(user).includes(car))
  }

  /** Makes these the only cars of a person, who is made when new. */
  give(user: string, cars: readonly string[]): void {
    this.cars.set(user, [...cars])
  }

  reset(): void {
    this.cars = new Map(Object.entries(owners).map(([user, cars]) => [user, [...cars]]))
  }
}
