import { html, raw } from 'hono/html'
import type { Company } from '../personas/companies.ts'
import { countries } from '../personas/countries.ts'
import type { Person } from '../personas/people.ts'
import { type Question, questionnaire } from '../personas/questionnaire.ts'
import type { PageStep, Workflow } from '../sessions/workflows.ts'

/** The screens of the hosted page. The page contains all of them hidden, and its script shows one at a time. */

const documentPicture = raw(
  '<svg viewBox="0 0 160 100" aria-hidden="true"><rect x="1" y="1" width="158" height="98" rx="8" class="paper"/><circle cx="38" cy="42" r="14" class="ink"/><path d="M14 84c0-18 10-26 24-26s24 8 24 26z" class="ink"/><path d="M78 28h66M78 44h48M78 60h58" class="line"/><path d="M78 80h66" class="line faint"/></svg>',
)
const backPicture = raw(
  '<svg viewBox="0 0 160 100" aria-hidden="true"><rect x="1" y="1" width="158" height="98" rx="8" class="paper"/><rect x="14" y="16" width="132" height="18" class="ink"/><path d="M18 52h70" class="line"/><path d="M18 70h124M18 84h124" class="line faint"/></svg>',
)
const facePicture = raw(
  '<svg viewBox="0 0 160 100" aria-hidden="true"><ellipse cx="80" cy="46" rx="30" ry="38" class="paper"/><circle cx="69" cy="40" r="3" class="ink"/><circle cx="91" cy="40" r="3" class="ink"/><path d="M68 60c8 7 16 7 24 0" class="line"/></svg>',
)
const letterPicture = raw(
  '<svg viewBox="0 0 160 100" aria-hidden="true"><path d="M46 4h52l16 16v76H46z" class="paper"/><path d="M58 26h26M58 42h44M58 56h44M58 70h30" class="line"/></svg>',
)

const screen = (name: string, title: unknown, body: unknown) => html`
  <section data-screen="${name}" aria-labelledby="${name}-title" hidden>
    <h1 id="${name}-title" tabindex="-1">${title}</h1>
    ${body}
  </section>`

const pictures = { document: documentPicture, 'document-back': backPicture, selfie: facePicture }

const capture = (kind: keyof typeof pictures, title: string, text: string) =>
  screen(
    kind,
    title,
    html`<p>${text}</p>
    <div class="viewfinder ${kind}">
      ${pictures[kind]}
      <video id="${kind}-video" playsinline muted hidden></video>
    </div>
    <p class="hint" id="${kind}-hint" role="status"></p>
    <div class="actions">
      <button type="button" class="primary" id="${kind}-capture" hidden>Take the picture</button>
      <button type="button" id="${kind}-sample">Use a sample image</button>
      <button type="button" class="quiet" id="${kind}-turn" hidden>Turn the camera</button>
    </div>`,
  )

/** Creates the place for the error of a field, below the field. Screen readers read it with the field. */
const fault = (name: string) => html`<p class="fault" id="${name}-fault" hidden></p>`

const documentScreens = html`
  ${screen(
    'choose',
    'Choose your document',
    html`<form id="choose-form">
      <label for="document-country">Country that issued it</label>
      <select id="document-country">${countries.map(({ alpha3, name }) => html`<option value="${alpha3}">${name}</option>`)}</select>
      <label for="document-type">Kind of document</label>
      <select id="document-type"><option value="P">Passport</option><option value="ID">Identity card</option><option value="DL">Driving licence</option></select>
      <div class="actions"><button type="submit" class="primary">Continue</button></div>
    </form>`,
  )}
  ${capture('document', 'Picture of your document', 'Lay it flat in good light, all four corners inside the frame.')}
  ${capture('document-back', 'Picture of the back', 'Turn it over. All four corners inside the frame again.')}`

const selfieScreen = capture(
  'selfie',
  'Picture of your face',
  'Look straight ahead and keep your face inside the oval.',
)

const ageScreen = (age: number) =>
  screen(
    'age',
    'Your age by the picture',
    html`<p>The emulator cannot see your face, so enter an age. From 16 to 24 it also asks for a document.</p>
    <form id="age-form" novalidate>
      <label for="age-estimate">Estimated age in years</label>
      <input id="age-estimate" type="number" inputmode="numeric" min="1" max="120" value="${age}" aria-describedby="age-estimate-fault">
      ${fault('age-estimate')}
      <div class="actions"><button type="submit" class="primary">Continue</button></div>
    </form>`,
  )

function contactScreen(kind: 'phone' | 'email', value: string) {
  const isPhone = kind === 'phone'
  return screen(
    kind,
    isPhone ? 'Your phone number' : 'Your e-mail address',
    html`<form id="${kind}-form" novalidate>
      <label for="${kind}">${isPhone ? 'Number with country code' : 'E-mail address'}</label>
      <input id="${kind}" type="${isPhone ? 'tel' : 'email'}" autocomplete="off" value="${value}" aria-describedby="${kind}-fault">
      ${fault(kind)}
      <div class="actions"><button type="submit" id="${kind}-send" class="primary">Send a code</button></div>
    </form>
    <form id="${kind}-code-form" novalidate hidden>
      <p>A code was sent to <strong id="${kind}-shown"></strong>, but only in the emulator. It is 123456.</p>
      <label for="${kind}-code">Code</label>
      <input id="${kind}-code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" aria-describedby="${kind}-code-fault">
      ${fault(`${kind}-code`)}
      <div class="actions">
        <button type="submit" class="primary">Check the code</button>
        <button type="button" class="quiet" id="${kind}-again">Send another</button>
      </div>
    </form>`,
  )
}

const addressScreen = screen(
  'poa',
  'Proof of your address',
  html`<p>A letter that shows your name and where you live, not older than three months.</p>
  <div class="viewfinder letter">${letterPicture}</div>
  <form id="poa-form" novalidate>
    <label for="poa-type">Kind of letter</label>
    <select id="poa-type"><option value="UTILITY_BILL">Utility bill</option><option value="BANK_STATEMENT">Bank statement</option><option value="GOVERNMENT_ISSUED_DOCUMENT">Letter of an authority</option></select>
    <label for="poa-file">Picture or PDF</label>
    <input id="poa-file" type="file" accept="image/*,application/pdf" aria-describedby="poa-file-fault poa-hint">
    ${fault('poa-file')}
    <p class="hint" id="poa-hint">The file stays in this browser.</p>
    <div class="actions">
      <button type="submit" class="primary">Hand it in</button>
      <button type="button" id="poa-sample">Use a sample letter</button>
    </div>
  </form>`,
)

const companyScreen = ({ name, registrationNumber }: Company) =>
  screen(
    'company',
    'Your company',
    html`<p>Enter the data from the register. After that, the people of the company would have to verify themselves.</p>
    <form id="company-form" novalidate>
      <label for="company">Name of the company</label>
      <input id="company" autocomplete="off" maxlength="255" value="${name}" aria-describedby="company-fault">
      ${fault('company')}
      <label for="number">Registration number</label>
      <input id="number" autocomplete="off" maxlength="100" value="${registrationNumber}" aria-describedby="number-fault">
      ${fault('number')}
      <div class="actions"><button type="submit" class="primary">Continue</button></div>
    </form>`,
  )

function questionField({ value, type, title, description, isRequired, choices }: Question) {
  const id = `q-${value}`
  const help = description === null ? '' : html`<p class="hint" id="${id}-help">${description}</p>`
  const described = `${value}-fault${description === null ? '' : ` ${id}-help`}`
  const name = html`${title}${isRequired ? '' : html` <span class="optional">(optional)</span>`}`
  const required = isRequired ? raw('aria-required="true"') : ''
  if (type === 'CONSENT') {
    return html`<div class="choice"><input type="checkbox" id="${id}" name="${value}" value="true" aria-describedby="${described}" ${required}><label for="${id}">${name}</label></div>${fault(value)}`
  }
  if (type === 'SINGLE_CHOICE' || type === 'MULTIPLE_CHOICE') {
    const kind = type === 'SINGLE_CHOICE' ? 'radio' : 'checkbox'
    const options = (choices ?? []).map(
      (choice, index) =>
        html`<div class="choice"><input type="${kind}" id="${id}-${index}" name="${value}" value="${choice.value}"><label for="${id}-${index}">${choice.label}</label></div>`,
    )
    return html`<fieldset id="${id}" aria-describedby="${described}"><legend>${name}</legend>${help}${options}</fieldset>${fault(value)}`
  }
  const label = html`<label for="${id}">${name}</label>${help}`
  if (type === 'DROPDOWN') {
    const options = (choices ?? []).map((choice) => html`<option value="${choice.value}">${choice.label}</option>`)
    return html`${label}<select id="${id}" name="${value}" aria-describedby="${described}" ${required}><option value="">Choose …</option>${options}</select>${fault(value)}`
  }
  if (type === 'LONG_TEXT') {
    return html`${label}<textarea id="${id}" name="${value}" rows="3" maxlength="2000" aria-describedby="${described}"></textarea>${fault(value)}`
  }
  const kind = type === 'DATE_PICKER' ? 'date' : 'text'
  const mode = type === 'NUMBER' ? raw('inputmode="numeric"') : ''
  return html`${label}<input type="${kind}" id="${id}" name="${value}" ${mode} autocomplete="off" aria-describedby="${described}" ${required}>${fault(value)}`
}

const questionScreen = screen(
  'questionnaire',
  questionnaire.title,
  html`<p>${questionnaire.description}</p>
  <form id="questionnaire-form" novalidate>
    ${questionnaire.questions.map((question) => html`<div class="question" data-question="${question.value}" data-sample="${question.sample}">${questionField(question)}</div>`)}
    <div class="actions">
      <button type="submit" class="primary">Continue</button>
      <button type="button" id="questionnaire-sample">Fill in an example</button>
    </div>
  </form>`,
)

/** Initial values of the fields. */
export interface Prefilled {
  readonly person: Person
  readonly company: Company
  readonly age: number
}

const screensOf = (step: PageStep, { person, company, age }: Prefilled) => {
  switch (step) {
    case 'document':
      return documentScreens
    case 'face':
      return selfieScreen
    case 'age':
      return html`${selfieScreen}${ageScreen(age)}${documentScreens}`
    case 'phone':
      return contactScreen('phone', person.phone)
    case 'email':
      return contactScreen('email', person.email)
    case 'poa':
      return addressScreen
    case 'questionnaire':
      return questionScreen
    case 'company':
      return companyScreen(company)
  }
}

/** Creates the screens of a Workflow, from its first step to the result. */
export const walkScreens = ({ steps }: Workflow, prefilled: Prefilled) => html`
  ${steps.map((step) => screensOf(step, prefilled))}
  ${screen(
    'submit',
    'Ready to submit',
    html`<p>That was everything.</p><div class="actions"><button type="button" class="primary" id="submit">Submit</button></div>`,
  )}
  ${screen('submitted', 'Submitted', html`<p>Didit would decide now. Here you decide: choose an outcome below.</p>`)}
  ${screen(
    'done',
    html`Outcome: <span id="result"></span>`,
    html`<p>The webhook is being sent. You can close this page.</p><div class="actions"><a class="button" id="return" hidden>Return</a></div>`,
  )}`

/** Label of each step in the progress list, and the screens that belong to it. */
const progressNames: Readonly<Record<PageStep, readonly [label: string, screens: string]>> = {
  document: ['Document', 'choose document document-back'],
  face: ['Selfie', 'selfie'],
  age: ['Selfie', 'selfie age choose document document-back'],
  phone: ['Phone', 'phone'],
  email: ['E-mail', 'email'],
  poa: ['Address', 'poa'],
  questionnaire: ['Questions', 'questionnaire'],
  company: ['Company', 'company'],
}

/** Creates the list that shows the progress of the person. */
export const progressList = ({ steps }: Workflow) => html`
  <ol class="${steps.length > 4 ? 'progress many' : 'progress'}" id="progress" aria-label="Steps" hidden>
    ${steps.map((step) => html`<li data-progress="${progressNames[step][1]}"><span>${progressNames[step][0]}</span></li>`)}
    <li data-progress="submit submitted"><span>Submit</span></li>
  </ol>`
