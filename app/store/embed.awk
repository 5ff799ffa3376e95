# Migrations as C: awk -f embed.awk NNNN_name.sql … > migrations.c. One row a file, in the order of the arguments.

function base(path) {
    sub(/^.*\//, "", path)
    return path
}

BEGIN {
    print "#include \"store/migrations.h\"\n"
    print "const struct migration migrations[] = {"
}

FNR == 1 {
    name = base(FILENAME)
    if (name !~ /^[0-9][0-9][0-9][0-9]_[a-z_]+\.sql$/ || substr(name, 1, 4) + 0 != count + 1) {
        printf "%s: migrations are named NNNN_verb_noun.sql and numbered without a gap\n", FILENAME > "/dev/stderr"
        failed = 1
        exit 1
    }
    if (count++) print "    },"
    printf "    {%d, \"%s\",\n", count, substr(name, 6, length(name) - 9)
}

{
    gsub(/\\/, "&&")
    gsub(/["?]/, "\\\\&")
    printf "     \"%s\\n\"\n", $0
}

END {
    if (failed) exit 1
    if (count) print "    },"
    print "};\n"
    print "const size_t migration_count = sizeof migrations / sizeof *migrations;"
}
