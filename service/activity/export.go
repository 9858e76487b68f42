package activity

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/sheet"
	"dandelion/model"
)

// exportBatch is how many records of an export are read at a time.
const exportBatch = 500

// exportTitles are the columns of an export: what 民政部令 67 号 has recorded of a
// service. Numbers of identity cards belong to the national register and are not
// there, because this system never asks for them; nor are phone numbers, for
// nobody needs them to count hours.
func exportTitles() []string {
	return []string{
		"记录编号", "志愿者姓名", "服务项目名称", "服务日期", "开始时间", "结束时间", "服务时长（分钟）", "服务时长（小时）",
		"服务地点", "服务角色", "组织单位", "确认方式", "确认人", "状态", "更正后记录编号",
	}
}

// exportRow is a record with the names that stand in its line.
type exportRow struct {
	model.ServiceRecord
	SealedName, DisplayName           string
	SealedCertifier, DisplayCertifier string
}

// ExportRecords returns the records of what an organisation of who's organised
// from one day to another, as a spreadsheet with names in full: they are its own
// volunteers (导出志愿服务记录). The audit log tells who took them, and how many.
func (s *Service) ExportRecords(ctx context.Context, who model.Actor, org int64, from, to model.Day) ([]byte, error) {
	o, err := s.exportable(ctx, who, org, from, to)
	if err != nil {
		return nil, err
	}
	after, rows, n := model.ServiceRecord{Day: from}, []exportRow(nil), 0
	data, err := sheet.Write("志愿服务记录", exportTitles(), func() ([]any, error) {
		if len(rows) == 0 {
			if rows, err = s.recordsAfter(ctx, org, after, to); len(rows) == 0 || err != nil {
				return nil, err
			}
			after = rows[len(rows)-1].ServiceRecord
		}
		if n++; n > model.MaxExported {
			return nil, model.ErrExportLong
		}
		r := rows[0]
		rows = rows[1:]
		return s.exportLine(&r, o.Name)
	})
	if err != nil {
		return nil, err
	}
	return data, s.db.Update(ctx, func(tx *db.Tx) error {
		return audit.Put(tx, who, "service_record.export", model.OfOrg, org, map[string]any{"from": from, "to": to, "records": n})
	})
}

// exportable returns the organisation whose records who may export. To others it
// is not there.
func (s *Service) exportable(ctx context.Context, who model.Actor, org int64, from, to model.Day) (o *model.Org, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = db.Find[model.Org](tx, org, model.ErrOrgNotFound); err != nil {
			return err
		}
		if o.TenantID != who.TenantID || !who.Holds(o.Path, model.RoleWorker, model.RoleTownship, model.RoleCounty) {
			return model.ErrOrgNotFound
		}
		return model.ExportPeriod(from, to)
	})
	return o, err
}

// recordsAfter returns the next records after one, in the order of days.
func (s *Service) recordsAfter(ctx context.Context, org int64, after model.ServiceRecord, to model.Day) (rows []exportRow, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT r.*, u.name AS sealed_name, u.display_name AS display_name,
			c.name AS sealed_certifier, c.display_name AS display_certifier
			FROM service_records r LEFT JOIN users u ON u.id = r.user_id LEFT JOIN users c ON c.id = r.certifier_id
			WHERE r.org_id = ? AND r.day >= ? AND r.day <= ? AND (r.day > ? OR r.id > ?) ORDER BY r.day, r.id LIMIT ?`,
			org, after.Day, to, after.Day, after.ID, exportBatch).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("activity: records of %d: %w", org, err)
	}
	return rows, nil
}

// exportLine returns the cells of a record.
func (s *Service) exportLine(r *exportRow, organiser string) ([]any, error) {
	name, err := s.open(r.UserID, person{DisplayName: r.DisplayName, Sealed: r.SealedName})
	if err != nil {
		return nil, err
	}
	certifier, err := s.open(r.CertifierID, person{DisplayName: r.DisplayCertifier, Sealed: r.SealedCertifier})
	if err != nil {
		return nil, err
	}
	corrected := ""
	if r.ReplacedBy != 0 {
		corrected = strconv.FormatInt(r.ReplacedBy, 10)
	}
	return []any{
		strconv.FormatInt(r.ID, 10), name, r.Title, string(r.Day), model.Written(r.StartedAt), model.Written(r.EndedAt),
		r.Minutes, math.Round(float64(r.Minutes)*100/60) / 100, r.Place, r.Role.Title(), organiser, r.Confirmation(), certifier, r.State.Title(), corrected,
	}, nil
}
