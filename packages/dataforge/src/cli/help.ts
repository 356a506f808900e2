export const HELP = `forge: everything from the entities

  forge gen                 write migrations, types, validators, SQL types and documents from src/entities
  forge gen --watch         the same again at each save
  forge check               tell whether they are what the entities say; exit 1 if not
  forge plan                show what gen would change in the databases, step by step, with risks
  forge explain ENTITY      show what the framework made of an entity, and who may see it
  forge migrate create      the same as gen
  forge migrate contract    also write what removes the old, once no old code runs
  forge migrate apply       bring a database to the newest version
  forge migrate status      compare a database with its migrations
  forge migrate adopt       take over a database whose tables are there already, such as a pulled one
  forge seed                fill an empty database with example data
  forge pull                write entities for the tables of an existing database
  forge doctor              look at everything that has to be in order

  --schema DIR    the schema package                      (packages/schema)
  --url URL       the database                            ($DATABASE_URL)
  --name NAME     of the migration                        (from its first step)
  --allow RISKS   say yes to: blocking, rewrite, data, rename, destructive
  --size SIZE     of example data                         (small)
  --json          one JSON object instead of sentences: { ok, … } or { ok, code, message, fix, problems }

  A migration has two phases. expand runs while old code still does: it adds, widens, fills. contract runs when no
  old code does any more: it drops. gen writes the first; migrate contract writes the second as well.

  A step may be blocking (writers wait), rewrite (everybody waits), data (fails when rows do not fit), rename (old
  code breaks) or destructive (values are gone). rewrite, data and destructive need a yes when they are written,
  and blocking and rewrite another one when they meet a table of more than 100,000 rows.

  Examples:
    pnpm forge plan                              # after editing an entity
    pnpm forge gen --allow destructive           # yes, the column shall go
    pnpm forge explain Task --json
    pnpm forge pull --url postgres://…/shop      # start from what is there
`;
