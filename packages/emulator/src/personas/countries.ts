/** A country in the forms that the vendor's fields use. */
export interface Country {
  readonly alpha3: string
  readonly alpha2: string
  readonly name: string
}

/** ISO 3166 codes: three letters, then two letters for the same country. */
const codes =
  'ARGAR AUSAU AUTAT BELBE BGRBG BRABR CANCA CHECH CHLCL CHNCN COLCO CYPCY CZECZ DEUDE DNKDK EGYEG ESPES ESTEE FINFI FRAFR GBRGB GRCGR HRVHR HUNHU IDNID INDIN IRLIE ISLIS ISRIL ITAIT JPNJP KENKE KORKR LTULT LUXLU LVALV MARMA MEXMX MLTMT MYSMY NGANG NLDNL NORNO NZLNZ PAKPK PERPE PHLPH POLPL PRTPT ROURO SAUSA SGPSG SRBRS SVKSK SVNSI SWESE THATH TURTR TWNTW UKRUA URYUY USAUS VNMVN ZAFZA'

const nameOf = new Intl.DisplayNames('en', { type: 'region' })
const utopia: Country = { alpha3: 'UTO', alpha2: 'XU', name: 'Utopia' }

/** Countries that the hosted page offers. The invented one comes first. */
export const countries: readonly [Country, ...Country[]] = [
  utopia,
  ...codes.split(' ').map((pair) => {
    const alpha2 = pair.slice(3)
    return { alpha3: pair.slice(0, 3), alpha2, name: nameOf.of(alpha2) ?? alpha2 }
  }),
]

/** Returns the country for a code of three letters. An unknown country has its code as its name. */
export const countryOf = (alpha3: string): Country =>
  countries.find((country) => country.alpha3 === alpha3) ?? { alpha3, alpha2: alpha3.slice(0, 2), name: alpha3 }
