package model

import "time"

// VerifyRun is one nightly proof that the points add up (夜间对账). There is one a
// day, and its row is the lease of the replica that makes it.
type VerifyRun struct {
	ID         int64      `gorm:"primaryKey;autoIncrement:false"` // the day in Shanghai, as 20260701
	StartedAt  time.Time  `gorm:"not null"`
	FinishedAt *time.Time // NULL while it runs, or if its process died
	Checked    int64      `gorm:"not null"`
	Differing  int64      `gorm:"not null"`
	Report     string     `gorm:"type:mediumtext;not null"` // JSON
}
