import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { migrated, migrations } from '../../nodes/shared/migrate'

const root = join(__dirname, '../..')

describe('flows that an older version saved', () => {
  const warnings: string[] = []
  const RED = { _: (key: string) => key } as never
  const node = { warn: (text: string) => void warnings.push(text) } as never
  beforeEach(() => (warnings.length = 0))

  it('go through every step from their own version on, in order, and keep what no step knows', () => {
    const chain = [
      (saved: object) => ({ ...saved, vehicle: 'from 0' }),
      (saved: object) => ({ ...saved, car: (saved as { vehicle?: string }).vehicle, vehicle: undefined }),
      (saved: object) => ({ ...saved, cars: [(saved as { car?: string }).car] }),
    ]
    const migrate = (saved: object) => migrations.migrate('driveway-command', saved as never, chain)
    expect(migrate({ note: 'mine' })).to.deep.include({ cars: ['from 0'], note: 'mine', version: 3 })
    expect(migrate({ version: 1, vehicle: 'xc40', note: 'mine' })).to.deep.include({ cars: ['xc40'], note: 'mine', version: 3 })
    expect(migrate({ version: 2, car: 'ex30' })).to.deep.include({ cars: ['ex30'], version: 3 })
    const now = { version: 3, cars: ['v60'] }
    expect(migrate(now)).to.equal(now)
  })

  it('without a version get the usual values where nothing is said, and keep what is said', () => {
    const config = migrated(RED, node, {
      id: 'n',
      type: 'driveway-command',
      name: '',
      z: 't',
      command: 'lock',
      progress: true,
    } as never)
    expect(config).to.deep.include({ command: 'lock', progress: true, onFailure: 'error', dryRun: false, outputs: 1, version: 1 })
    expect(warnings).to.deep.equal([])
  })

  it('of a version yet to come are used as they are, with a warning that says so', () => {
    const saved = { id: 'n', type: 'driveway-state', name: '', z: 't', version: 99, groups: ['lock'] }
    expect(migrated(RED, node, saved as never)).to.deep.equal(saved)
    expect(warnings.join()).to.contain('savedByNewer')
  })

  it('have a chain for every node there is, and every dialog saves its newest version', () => {
    const folders = readdirSync(join(root, 'nodes')).filter((name) => name !== 'shared')
    expect([...migrations.types].sort()).to.deep.equal(folders.map((name) => `driveway-${name}`).sort())
    for (const name of folders) {
      const html = readFileSync(join(root, 'nodes', name, `${name}.html`), 'utf8')
      expect(html, name).to.contain(`version: { value: driveway.migrations.current('driveway-${name}') }`)
      expect(html, name).to.contain('driveway.migrate(this')
      expect(readFileSync(join(root, 'nodes', name, `${name}.ts`), 'utf8'), name).to.contain('migrated(RED, this, saved)')
    }
  })

  it('are what the examples are: of the newest version', () => {
    for (const file of readdirSync(join(root, 'examples'))) {
      const flow = JSON.parse(readFileSync(join(root, 'examples', file), 'utf8')) as { type: string; version?: number }[]
      for (const { type, version } of flow)
        if (migrations.types.includes(type)) expect(version, `${file}: ${type}`).to.equal(migrations.current(type))
    }
  })
})
