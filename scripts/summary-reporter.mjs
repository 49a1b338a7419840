// Prints the last line of a run: `N passed, N failed`, and the number of skipped tests if there are any.

/** A Vitest reporter. A file that could not be loaded and an error outside a test count as failed. */
export default class SummaryReporter {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') count.passed += 1
        else if (state === 'failed') count.failed += 1
        else count.skipped += 1
      }
      const broken =
        module.errors().length + [...module.children.allSuites()].reduce((n, s) => n + s.errors().length, 0)
      count.failed += broken
    }
    if (count.passed + count.failed === 0) process.exitCode = 1
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    // Says at the end, where people look, what `npm test` had to leave out.
    const notRun = process.env.DIDIT_VERIFY_NOT_RUN ? `${process.env.DIDIT_VERIFY_NOT_RUN}\n` : ''
    // Runs after the other reporters, so that this line is the last.
    process.on('exit', () =>
      process.stdout.write(`${notRun}${count.passed} passed, ${count.failed} failed${skipped}\n`),
    )
  }
}
