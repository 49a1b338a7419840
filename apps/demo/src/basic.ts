// The pages below /basic need no script. Where one runs, the tag in them becomes the element all the same.
import '@didit-verify/element/define'
