#!/usr/bin/env bash
# junitparser adds two JUnit documents and leaves failures="0" on a suite that now holds a failure.
#
# Version: Debian 12's python3-junitparser 2.8.0-1.
# Guess:   `a + b` gives a new document whose suites count the cases of both, and leaves a and b as they were.
# Seen:    suites of one name become one; its attributes stay those of the first document, so tests and failures no
#          longer say what is inside; and the failing case has also been put into `a`, whose suite the sum shares.
#          `a += b` leaves the same old counts. The command `junitparser merge` corrects them, as update_statistics()
#          does: a pipeline that adds documents by the operators and reads the attributes sees no failure.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q python3-junitparser=2.8.0-1 python3-future=0.18.2-6 >download.log 2>&1 ||
  { cat download.log >&2; exit 1; }
for package in *.deb; do dpkg -x "$package" root; done

cat >add.py <<'PYTHON'
from junitparser import JUnitXml

GREEN = '<testsuites><testsuite name="s" tests="1" failures="0"><testcase name="a"/></testsuite></testsuites>'
RED = (
    '<testsuites><testsuite name="s" tests="1" failures="1"><testcase name="b">'
    '<failure message="x"/></testcase></testsuite></testsuites>'
)


def told(document):
    return [f"tests={s.tests} failures={s.failures} cases={len(list(s))}" for s in document]


green, red = JUnitXml.fromstring(GREEN), JUnitXml.fromstring(RED)
total = green + red
print("sum:", *told(total))
print("first operand afterwards:", *told(green))
total.update_statistics()
print("after update_statistics:", *told(total))
green = JUnitXml.fromstring(GREEN)
green += JUnitXml.fromstring(RED)
print("added in place:", *told(green))
PYTHON

cat >expected <<'TEXT'
sum: tests=1 failures=0 cases=2
first operand afterwards: tests=1 failures=0 cases=2
after update_statistics: tests=2 failures=1 cases=2
added in place: tests=1 failures=0 cases=2
TEXT
PYTHONPATH="$folder/root/usr/lib/python3/dist-packages" /usr/bin/python3 add.py >seen
diff expected seen
cat seen
