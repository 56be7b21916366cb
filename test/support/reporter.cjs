// mocha's dots, and one plain line at the end that says how many tests ran.
const { reporters } = require('mocha')

module.exports = class extends reporters.Dot {
  epilogue() {
    super.epilogue()
    const { passes = 0, failures = 0, pending = 0 } = this.stats
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`)
  }
}
