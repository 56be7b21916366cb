/** The people with an account at a simulated cloud, and their cars. */
export class Users {
  private cars = new Map<string, string[]>()

  /** `first` is who signs in unless somebody else is chosen; `owners` says who owns which cars, by the cars' keys. */
  constructor(
    readonly first: string,
    private readonly owners: Readonly<Record<string, readonly string[]>>,
  ) {
    this.reset()
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
    this.cars = new Map(Object.entries(this.owners).map(([user, cars]) => [user, [...cars]]))
  }
}
