import * as z from 'zod/mini'

/**
 * Fields of Didit's answers. A field that is missing, null or of an unexpected type reads as null.
 *
 * Didit changes its API in place. An unexpected field must not make the whole answer unreadable.
 *
 * The types have names, since TypeScript would write out the inferred types wherever a schema is used.
 */

/** A field that may be missing, null or of an unexpected type. */
export interface Tolerant<Schema extends z.ZodMiniType>
  extends z.ZodMiniCatch<z.ZodMiniOptional<z.ZodMiniNullable<Schema>>> {}
export interface TolerantText extends Tolerant<z.ZodMiniString> {}
export interface TolerantNumber extends Tolerant<z.ZodMiniNumber> {}
export interface TolerantFlag extends Tolerant<z.ZodMiniBoolean> {}
export interface TolerantList<Item> extends Tolerant<z.ZodMiniType<Item[]>> {}
export interface TolerantObject<Shape extends z.core.$ZodShape>
  extends Tolerant<z.ZodMiniObject<Shape, z.core.$loose>> {}
export interface AnyJson extends z.ZodMiniOptional<z.ZodMiniUnknown> {}

export function tolerant<Schema extends z.ZodMiniType>(schema: Schema): Tolerant<Schema> {
  return z.catch(z.nullish(schema), null)
}

/** A list without the items of an unexpected type, so that one such item does not cost the others. */
export function itemsOf<Item>(item: z.ZodMiniType<Item>): z.ZodMiniType<Item[]> {
  const known = z.transform((items: (Item | null)[]) => items.filter((one): one is Item => one !== null))
  return z.pipe(z.array(z.catch(z.nullable(item), null)), known)
}

/** A field with such a list. */
export function listOf<Item>(item: z.ZodMiniType<Item>): TolerantList<Item> {
  return tolerant(itemsOf(item))
}

/** An object with these known fields. Other fields are kept. */
export function objectOf<Shape extends z.core.$ZodShape>(shape: Shape): TolerantObject<Shape> {
  return tolerant(z.looseObject(shape))
}

/** Text. Dates and moments are text too: Didit writes some with a zone, some without. */
export const text: TolerantText = tolerant(z.string())

/** A number, whole or not: Didit writes whole floats as integers. */
export const number: TolerantNumber = tolerant(z.number())

export const flag: TolerantFlag = tolerant(z.boolean())

export const texts = listOf(z.string())

/** An object with varying or undocumented fields. */
export const openObject = objectOf({})

/** A list of such objects. */
export const openObjects = listOf(z.looseObject({}))

/** Any JSON, kept unchanged: data of the customer, or undocumented data. */
export const anyJson: AnyJson = z.optional(z.unknown())
