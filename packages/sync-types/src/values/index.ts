export { BUILTIN_TYPES } from './builtin-types.ts';
export { ValueError } from './errors.ts';
export { OWN_TYPES_SQL } from './own-types.ts';
export { readTypeName, type TypeName } from './type-name.ts';
export { valueType, type ValueType } from './value-type.ts';
export { jsonValue, parseValue, printValue, tsType } from './values.ts';
