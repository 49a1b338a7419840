// Loaded before a program that is not ours: it may reach this machine and no other.
import dns from 'node:dns'
import net from 'node:net'

const here = new Set(['localhost', '127.0.0.1', '::1'])

function refuse(name) {
  // Where the test that started the program looks for it.
  process.stderr.write(`left the machine: ${name}\n`)
  throw Object.assign(new Error(`Only this machine may be reached, not ${name}.`), { code: 'ENETUNREACH' })
}

const { lookup } = dns
dns.lookup = (name, ...rest) => (here.has(name) ? lookup(name, ...rest) : refuse(name))
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const name = options?.host ?? (options?.path === undefined ? 'localhost' : options.path)
  return options?.path !== undefined || here.has(name) ? connect.apply(this, args) : refuse(name)
}
