import * as z from 'zod/mini'

/**
 * The fields of Didit's answers: each may be missing, null, or of a type nobody expected, and then reads as null.
 *
 * Didit changes its API in place. An odd field should cost us that field, not the verdict it came with.
 *
 * The types have names of their own, as those that zod infers would be written out wherever a schema is used.
 */

/** A field that may be missing, null or odd. */
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

/** A list, without those of its items that are of an unexpected type: one odd hit should not cost the other forty. */
export function itemsOf<Item>(item: z.ZodMiniType<Item>): z.ZodMiniType<Item[]> {
  const known = z.transform((items: (Item | null)[]) => items.filter((one): one is Item => one !== null))
  return z.pipe(z.array(z.catch(z.nullable(item), null)), known)
}

/** A field with such a list. */
export function listOf<Item>(item: z.ZodMiniType<Item>): TolerantList<Item> {
  return tolerant(itemsOf(item))
}

/** An object of which these fields are known. Others are kept. */
export function objectOf<Shape extends z.core.$ZodShape>(shape: Shape): TolerantObject<Shape> {
  return tolerant(z.looseObject(shape))
}

/** Text. Dates and moments are text too: Didit writes some with a zone, some without. */
export const text: TolerantText = tolerant(z.string())

/** A number, whole or not: Didit writes whole floats as integers. */
export const number: TolerantNumber = tolerant(z.number())

export const flag: TolerantFlag = tolerant(z.boolean())

export const texts = listOf(z.string())

/** An object whose fields differ from case to case, or are written down nowhere. */
export const openObject = objectOf({})

/** A list of such objects. */
export const openObjects = listOf(z.looseObject({}))

/** Whatever it is, it is kept: what a customer sent, or what is written down nowhere. */
export const anyJson: AnyJson = z.optional(z.unknown())
