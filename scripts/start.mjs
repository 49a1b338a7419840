// Runs the built demo: the emulator of Didit, the companion server and the app in this one process, so that one Ctrl-C
// ends everything.
import { createServer } from 'node:net'

const host = 'localhost'

/** The ports that `npm start` needs, and the variable that changes each. */
export function startPorts() {
  return [
    { name: 'the app', variable: 'PORT', port: Number(process.env.PORT ?? 4000) },
    { name: 'the emulator', variable: 'EMULATOR_PORT', port: Number(process.env.EMULATOR_PORT ?? 4100) },
  ]
}

/** The ports that `npm run dev` needs. Vite has the one that a person opens. */
export function devPorts() {
  const port = Number(process.env.PORT ?? 4000)
  return [
    { name: 'the app', variable: 'PORT', port },
    { name: 'the companion server', variable: 'SERVER_PORT', port: Number(process.env.SERVER_PORT ?? port + 1) },
    { name: 'the emulator', variable: 'EMULATOR_PORT', port: Number(process.env.EMULATOR_PORT ?? 4100) },
  ]
}

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })

/**
 * Ends the process with a sentence when a port cannot be used: better before a build than after it.
 *
 * @param ports - Each with its number, the variable that changes it, and the name of what listens on it.
 * @param command - The npm command, for the advice.
 */
export async function checkPorts(ports, command) {
  for (const [index, { name, variable, port }] of ports.entries()) {
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      console.error(`${variable} is "${process.env[variable]}", but a port is a whole number from 1 to 65535.`)
      process.exit(2)
    }
    const other = ports.slice(0, index).find((it) => it.port === port)
    if (other) {
      console.error(`${other.variable} and ${variable} are both ${port}, but ${other.name} and ${name} need one each.`)
      process.exit(2)
    }
    if (!(await isFree(port))) {
      console.error(
        `Port ${port} is busy, and ${name} needs it. Stop what uses it, or choose another: ${variable}=${port + 10} ${command}`,
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

/** Ends this process with npm. A terminal's Ctrl-C reaches both, but a signal to npm alone would leave this one behind. */
export function endWithParent() {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}
