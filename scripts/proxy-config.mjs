// Makes the configurations of nginx and HAProxy for `npm run proxies` from the README of the server, so that readers copy
// what has been tried.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Times of the configurations are divided by this, so that an idle minute takes seconds. 65 s then are 5 s. */
export const timeScale = 13

/** Returns the two snippets of the section "Behind a proxy". */
export function readSnippets(readme) {
  const section = /^## Behind a proxy\n(.*?)(?=^## )/ms.exec(readme)?.[1] ?? ''
  const find = (language) => {
    const code = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(section)?.[1]
    if (code === undefined) throw new Error(`The section "Behind a proxy" has no block of ${language}.`)
    return code
  }
  return { nginx: find('nginx'), haproxy: find('haproxy') }
}

/** Replaces each text once. One that is missing is an error: the README has changed, and the script must follow. */
function replaceEach(text, replacements) {
  let result = text
  for (const [from, to] of replacements) {
    if (!result.includes(from)) throw new Error(`The README's snippet has no "${from}".`)
    result = result.replace(from, to)
  }
  return result
}

const scaledMinute = `${Math.round(60_000 / timeScale)}ms`

/** Returns the whole configuration of nginx, around the README's snippet. */
export function nginxConfig(snippet, { port, serverPort, folder, isRoot }) {
  const site = replaceEach(snippet, [
    ['127.0.0.1:4200', `127.0.0.1:${serverPort}`],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['keepalive_timeout 60s', `keepalive_timeout ${scaledMinute}`],
  ])
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${isRoot ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/nginx.log warn;
events {}
http {
access_log off;
${folders.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${site}}
`
}

/** Returns the whole configuration of HAProxy, around the README's snippet. */
export function haproxyConfig(snippet, { port, serverPort, folder }) {
  const proxy = replaceEach(snippet, [
    ['127.0.0.1:4200', `127.0.0.1:${serverPort}`],
    ['bind :8080', `bind 127.0.0.1:${port}`],
    ['timeout http-keep-alive 60s', `timeout http-keep-alive ${scaledMinute}`],
    // HAProxy closes half of the idle connections to a server every 5 s, unless told otherwise. The same, scaled.
    ['check inter 2s', `check inter 2s pool-purge-delay ${Math.round(5_000 / timeScale)}ms`],
  ])
  return `global
  stats socket ${folder}/haproxy.sock mode 600
${proxy}`
}

/**
 * Returns the path of a program, or null. The folders of system programs count too, which are not in the PATH of everybody.
 */
export function findProgram(name, path = process.env.PATH ?? '') {
  for (const folder of [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const file = join(folder || '.', name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {}
  }
  return null
}

/** Returns a sentence for the programs that are missing, or null. */
export function missingPrograms(found) {
  const missing = Object.keys(found).filter((name) => found[name] === null)
  if (missing.length === 0) return null
  return `Not installed: ${missing.join(' and ')}. On Debian and Ubuntu: apt-get install ${missing.join(' ')}`
}
