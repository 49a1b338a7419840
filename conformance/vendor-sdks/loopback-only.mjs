// Loaded before a third-party program, to block every connection except those to this machine.
import dns from 'node:dns'
import net from 'node:net'

const loopbackNames = new Set(['localhost', '127.0.0.1', '::1'])

function refuse(name) {
  // The test that started the program looks for this line.
  process.stderr.write(`left the machine: ${name}\n`)
  throw Object.assign(new Error(`Only this machine may be reached, not ${name}.`), { code: 'ENETUNREACH' })
}

const { lookup } = dns
dns.lookup = (name, ...rest) => (loopbackNames.has(name) ? lookup(name, ...rest) : refuse(name))
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const name = options?.host ?? (options?.path === undefined ? 'localhost' : options.path)
  return options?.path !== undefined || loopbackNames.has(name) ? connect.apply(this, args) : refuse(name)
}
