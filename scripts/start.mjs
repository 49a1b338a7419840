// Runs the demo: the emulator of Didit, the companion server and the app, in this one process, so that one Ctrl-C
// ends everything.
import { createServer } from 'node:net'

const host = 'localhost'

/** The ports and who uses them, from the environment. */
function ports() {
  return [
    { name: 'the app', variable: 'PORT', port: Number(process.env.PORT ?? 4000) },
    { name: 'the emulator', variable: 'EMULATOR_PORT', port: Number(process.env.EMULATOR_PORT ?? 4100) },
  ]
}

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/** Ends the process with a sentence when a port cannot be used: better now than after a build. */
export async function checkPorts() {
  const all = ports()
  const [app, emulator] = all
  if (app.port === emulator.port) {
    console.error(`PORT and EMULATOR_PORT are both ${app.port}, but the app and the emulator need one each.`)
    process.exit(2)
  }
  for (const { name, variable, port } of all) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      console.error(`${variable} is "${process.env[variable]}", but a port is a whole number from 1 to 65535.`)
      process.exit(2)
    }
    if (!(await isFree(port))) {
      console.error(
        `Port ${port} is busy, and ${name} needs it. Stop what uses it, or choose another: ${variable}=${port + 10} npm start`,
      )
      process.exit(1)
    }
  }
}

/** Starts everything and prints the address once all of it answers. */
export async function start() {
  await import('../apps/demo/dist-server/server/main.js')
  endWithParent()
}

/** A terminal's Ctrl-C reaches this process; a signal to npm alone ends npm and its shell and would leave it behind. */
function endWithParent() {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}
