// Package bench measures the API over HTTP, in process: the whole handler with
// its checks, session, transactions and JSON, but no network. make bench runs
// it on SQLite and on MariaDB with ten thousand and with a million wishes, and
// reports the median and the 99th percentile of each request in microseconds
// and the SQL statements that it takes. No test here is timed.
package bench
