// Package model is the vocabulary of the system: its nouns, the states they
// pass through, and the rules that need nothing but the noun itself, who asks
// and the time. It does no I/O and knows no clock, so every rule in it can be
// tested as a table.
//
// A model carries gorm tags and never json tags: what clients see is the api
// package's business.
package model
