import type { Generation } from '@didit-verify/emulator'
import { expect, test } from 'vitest'
import { apiKey, createTestEmulator, picture, refused } from '../test-emulator.ts'

/** Registers the tests of the standalone checks, which need no Session, in one generation. */
export function standaloneScenarios(generation: Generation): void {
  const wrongKey = generation === 'late-2026' ? 401 : 403
  const named = (filename: string) => ({ content: picture, filename })

  function form(fields: Record<string, string | Blob>): FormData {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') data.append(name, value)
      else data.append(name, value, 'picture.png')
    }
    return data
  }
  const image = new Blob([picture], { type: 'image/png' })

  test('poa: results and refusals', async () => {
    const { api, ask, clientWith } = createTestEmulator(generation)
    await api.poa({ document: named('bill.png') })
    await api.poa({
      document: named('decline.png'),
      expected_address: 'Nowhere 1',
      expected_country: 'ESP',
      expected_first_name: 'Ada',
      expected_last_name: 'Example',
      poa_languages_allowed: 'en,es',
      poa_document_age_months: 'utility_bill:3',
      poa_address_mismatch_action: 'NO_ACTION',
      save_api_request: false,
      vendor_data: 'user-7',
      metadata: { order: 17 },
    })
    expect(await ask('POST', '/v3/poa/', form({ vendor_data: 'user-7' }))).toBe(400)
    expect(await ask('POST', '/v3/poa/', form({ document: image }), {})).toBe(403)
    expect(await refused(clientWith('wrong').poa({ document: picture }))).toBe(wrongKey)
  })

  test('aml: results and refusals', async () => {
    const { api, ask, clientWith } = createTestEmulator(generation)
    await api.aml({ full_name: 'Ada Example' })
    for (const full_name of ['Ada Review', 'Ada Decline']) {
      await api.aml({
        full_name,
        entity_type: 'person',
        date_of_birth: '1990-01-02',
        nationality: 'DK',
        document_number: 'X1',
        aml_score_approve_threshold: 50,
        aml_score_review_threshold: 90,
        aml_name_weight: 50,
        aml_dob_weight: 30,
        aml_country_weight: 20,
        include_adverse_media: true,
        save_api_request: true,
        vendor_data: 'user-7',
        metadata: { order: 17 },
      })
    }
    expect(await ask('POST', '/v3/aml/', {})).toBe(400)
    expect(await ask('POST', '/v3/aml/', { full_name: 'Ada', nationality: 'DNK' })).toBe(400)
    expect(await ask('POST', '/v3/aml/', { full_name: 'Ada', aml_name_weight: 90 })).toBe(400)
    expect(await ask('POST', '/v3/aml/', { full_name: 'Ada' }, {})).toBe(403)
    expect(await refused(clientWith('wrong').aml({ full_name: 'Ada' }))).toBe(wrongKey)
  })

  test.each(['ageEstimation', 'passiveLiveness'] as const)('%s: results and refusals', async (name) => {
    const { api, ask, clientWith } = createTestEmulator(generation)
    const path = name === 'ageEstimation' ? '/v3/age-estimation/' : '/v3/passive-liveness/'
    await api[name]({ user_image: picture })
    await api[name]({
      user_image: named('decline.png'),
      face_liveness_score_decline_threshold: 80,
      rotate_image: true,
      save_api_request: false,
      vendor_data: 'user-7',
      metadata: { order: 17 },
    })
    expect(await ask('POST', path, form({ vendor_data: 'user-7' }))).toBe(400)
    expect(await ask('POST', path, form({ user_image: image }), {})).toBe(403)
    expect(await refused(clientWith('wrong')[name]({ user_image: picture }))).toBe(wrongKey)
  })

  test('phone: a code sent, then entered correctly, wrongly, and for a number without a code', async () => {
    const { api, ask, clientWith } = createTestEmulator(generation)
    const phone_number = '+4520123456'
    const sent = await api.phone.send({
      phone_number,
      options: { code_size: 6, locale: 'es-ES', preferred_channel: 'sms' },
      signals: { ip: '192.0.2.7', device_platform: 'web', user_agent: 'a browser' },
      vendor_data: 'user-7',
      metadata: { order: 17 },
    })
    expect(sent.status).toBe('Success')
    expect((await api.phone.send({ phone_number })).status).toBe('Retry')
    expect((await api.phone.check({ phone_number, code: '000000' })).status).toBe('Failed')
    expect((await api.phone.check({ phone_number, code: '123456', voip_number_action: 'DECLINE' })).status).toBe(
      'Approved',
    )
    expect((await api.phone.check({ phone_number: '+4520999999', code: '123456' })).status).toBe('Expired or Not Found')
    const path = '/v3/phone/send/'
    expect(await ask('POST', path, {})).toBe(400)
    expect(await ask('POST', path, { phone_number, options: { code_size: 3 } })).toBe(400)
    expect(await ask('POST', '/v3/phone/check/', { phone_number })).toBe(400)
    expect(await ask('POST', path, { phone_number }, {})).toBe(403)
    expect(await ask('POST', '/v3/phone/check/', { phone_number, code: '123456' }, {})).toBe(403)
    expect(await refused(clientWith('wrong').phone.send({ phone_number }))).toBe(wrongKey)
  })

  test('phone: an internal error at Didit', async () => {
    const { emulator, api } = createTestEmulator(generation)
    emulator.control.faults({ api: { status: 500 } })
    expect(await refused(api.phone.send({ phone_number: '+4520123456' }))).toBe(500)
    expect(await refused(api.phone.check({ phone_number: '+4520123456', code: '123456' }))).toBe(500)
  })

  test('too many calls in a minute', async () => {
    const { api, ask } = createTestEmulator(generation, { rateLimits: { write: 1 } })
    await api.aml({ full_name: 'Ada Example' })
    for (const [path, body] of [
      ['aml', { full_name: 'Ada' }],
      ['phone/send', { phone_number: '+4520123456' }],
      ['phone/check', { phone_number: '+4520123456', code: '123456' }],
      ['poa', form({ document: image })],
      ['age-estimation', form({ user_image: image })],
      ['passive-liveness', form({ user_image: image })],
    ] as const) {
      expect(await ask('POST', `/v3/${path}/`, body, { 'x-api-key': apiKey })).toBe(429)
    }
  })
}
